package dev.volute.train;

import dev.volute.graph.Variable;
import dev.volute.nn.Model;
import dev.volute.nn.Parameter;
import dev.volute.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an optimizer keeps for each trained parameter, in the model's memory. */
final class Moments implements AutoCloseable {
  private final Model model;
  private final Map<Parameter, List<Variable>> variables = new LinkedHashMap<>();

  Moments(Model model, Optimizer optimizer) {
    this.model = model;
    try {
      for (Parameter parameter : model.parameters()) {
        if (parameter.trained()) {
          variables.put(parameter, new ArrayList<>());
          for (String moment : optimizer.moments()) {
            Variable variable =
                new Variable(moment + " of " + parameter.path(), parameter.variable().type());
            model.define(variable, Tensor.zeros(variable.type()));
            variables.get(parameter).add(variable);
          }
        }
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  List<Variable> of(Parameter parameter) {
    return variables.get(parameter);
  }

  @Override
  public void close() {
    variables.values().forEach(model::undefine);
    variables.clear();
  }
}
