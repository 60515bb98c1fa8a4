/** Host tensors, shapes, element types and strided views. */
package dev.volute.tensor;
