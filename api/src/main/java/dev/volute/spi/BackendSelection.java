package dev.volute.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Chooses a backend among the providers that were found.
 *
 * @param providers best first
 * @param property looks up a system property
 * @param variable looks up an environment variable
 * @param log takes the line that tells what was chosen
 */
record BackendSelection(
    List<ProviderCandidate> providers,
    Function<String, Optional<String>> property,
    Function<String, Optional<String>> variable,
    Consumer<String> log) {

  /** A selection that heeds this process's property and environment. */
  static BackendSelection among(List<ClassLoader> loaders) {
    return new BackendSelection(
        ProviderDiscovery.search(loaders),
        name -> Optional.ofNullable(System.getProperty(name)),
        name -> Optional.ofNullable(System.getenv(name)),
        line -> System.getLogger("dev.volute").log(System.Logger.Level.INFO, line));
  }

  List<FoundBackend> found() {
    return providers.stream().map(ProviderCandidate::probe).toList();
  }

  Backend open(String name, BackendOptions options) {
    return openNamed(name, "", options);
  }

  Backend best(BackendOptions options) {
    Optional<String> named = named(property, Backends.PROPERTY);
    if (named.isPresent()) {
      return namedFromOutside(named.get(), "system property " + Backends.PROPERTY, options);
    }
    named = named(variable, Backends.VARIABLE);
    if (named.isPresent()) {
      return namedFromOutside(named.get(), "environment variable " + Backends.VARIABLE, options);
    }
    return highestUsable(options);
  }

  private static Optional<String> named(Function<String, Optional<String>> source, String key) {
    return source.apply(key).map(String::strip).filter(name -> !name.isEmpty());
  }

  private Backend namedFromOutside(String name, String source, BackendOptions options) {
    Backend backend = openNamed(name, ", which the " + source + " names,", options);
    log.accept("Backend " + name + ", named by the " + source);
    return backend;
  }

  private Backend openNamed(String name, String origin, BackendOptions options) {
    Optional<ProviderCandidate> match =
        providers.stream().filter(provider -> provider.name().equals(name)).findFirst();
    if (match.isEmpty()) {
      throw new BackendException(
          "There is no backend \"" + name + "\"" + origin + listing(found()));
    }
    Attempt attempt = Attempt.at(match.get(), options);
    if (attempt.backend.isPresent()) {
      return attempt.backend.get();
    }
    List<FoundBackend> known = new ArrayList<>(found());
    known.set(providers.indexOf(match.get()), attempt.outcome);
    String message =
        "Backend \"%s\"%s is unusable: %s%s"
            .formatted(name, origin, attempt.outcome.detail(), listing(known));
    throw attempt
        .thrown
        .map(cause -> new BackendException(message, cause))
        .orElseGet(() -> new BackendException(message));
  }

  private Backend highestUsable(BackendOptions options) {
    List<FoundBackend> failed = new ArrayList<>();
    for (ProviderCandidate provider : providers) {
      Attempt attempt = Attempt.at(provider, options);
      if (attempt.backend.isPresent()) {
        List<ProviderCandidate> untried = providers.subList(failed.size() + 1, providers.size());
        log.accept(chosen(attempt.outcome, failed, untried));
        return attempt.backend.get();
      }
      failed.add(attempt.outcome);
    }
    throw new BackendException("There is no usable backend" + listing(failed));
  }

  /** One line: what was chosen, what was passed over and why, how to choose another. */
  private static String chosen(
      FoundBackend chosen, List<FoundBackend> failed, List<ProviderCandidate> untried) {
    List<String> parts = new ArrayList<>();
    parts.add("Backend " + chosen.name() + " (" + chosen.detail() + ")");
    for (FoundBackend found : failed) {
      parts.add(passedOver(found.name(), found.provider(), found.detail()));
    }
    for (ProviderCandidate other : untried) {
      String reason = other.provider().isPresent() ? "lower in priority" : other.probe().detail();
      parts.add(passedOver(other.name(), other.providerClass(), reason));
    }
    String example =
        untried.stream()
            .filter(other -> other.provider().isPresent())
            .findFirst()
            .map(ProviderCandidate::name)
            .orElse("NAME");
    parts.add("choose another with -D" + Backends.PROPERTY + "=" + example);
    return String.join("; ", parts);
  }

  private static String passedOver(String name, String providerClass, String reason) {
    String what = name.equals(FoundBackend.UNKNOWN_NAME) ? providerClass : name;
    return "passed over " + what + ": " + reason;
  }

  private static String listing(List<FoundBackend> known) {
    StringBuilder text = new StringBuilder();
    text.append(known.isEmpty() ? "\nNo provider was found." : "\nProviders found:");
    known.forEach(each -> text.append("\n  ").append(each));
    return text.append("\nTo choose one, name it in the code, with -D")
        .append(Backends.PROPERTY)
        .append("=NAME or with ")
        .append(Backends.VARIABLE)
        .append("=NAME.\nTo add one, put its jar (for example dev.volute:volute-backend-java) on")
        .append(" the class path or module path; a fat jar must merge the files META-INF/services/")
        .append(BackendProvider.class.getName())
        .append('.')
        .toString();
  }

  /** What came of opening one provider's backend. */
  private record Attempt(
      FoundBackend outcome, Optional<Backend> backend, Optional<Throwable> thrown) {

    static Attempt at(ProviderCandidate candidate, BackendOptions options) {
      FoundBackend found = candidate.probe();
      if (!found.usable()) {
        return new Attempt(found, Optional.empty(), Optional.empty());
      }
      try {
        Optional<Backend> backend =
            Optional.ofNullable(candidate.provider().orElseThrow().open(options));
        return backend.isPresent()
            ? new Attempt(found, backend, Optional.empty())
            : new Attempt(failed(found, "open() gave no backend"), backend, Optional.empty());
      } catch (VirtualMachineError fatal) {
        throw fatal;
      } catch (Throwable thrown) {
        return new Attempt(
            failed(found, "open() threw " + Failure.describe(thrown)),
            Optional.empty(),
            Optional.of(thrown));
      }
    }

    private static FoundBackend failed(FoundBackend found, String reason) {
      return new FoundBackend(found.name(), found.provider(), found.priority(), false, reason);
    }
  }
}
