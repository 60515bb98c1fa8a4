/** What training adds to a network: softmax and its loss, dropout, and optimizer updates. */
package dev.volute.backend.java.training;
