/**
 * From graphs to running kernels: simplify, fuse, lower, place in memory, bind, run. Not exported.
 *
 * <p>A {@link dev.volute.runtime.Planner} turns a graph into a {@link dev.volute.runtime.Plan} for
 * one backend; an {@link dev.volute.runtime.Engine} holds the variables of a model and the slabs
 * its plans share; an {@link dev.volute.runtime.Executable} runs a plan.
 */
package dev.volute.runtime;
