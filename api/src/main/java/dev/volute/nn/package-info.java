/** What a user says: layers and networks as immutable descriptions, and models that run them. */
package dev.volute.nn;
