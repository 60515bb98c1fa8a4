/** Files that hold tensors by name: the safetensors format. */
package dev.volute.io;
