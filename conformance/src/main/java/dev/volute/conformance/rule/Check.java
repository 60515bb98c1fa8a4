package dev.volute.conformance.rule;

/**
 * Something that can be tried out on a backend.
 *
 * @param rule the rule that it checks; what it meets on the way may break another
 * @param id unique in the kit, for example {@code CONV-2/17}
 * @param title what is tried, in one line
 * @param seed of what is made up
 */
public record Check(Rule rule, String id, String title, long seed, Body body) {

  /**
   * Tries it.
   *
   * @throws Violation if a rule is broken, also by an exception that nothing asked for
   * @throws NotApplicable if the backend gives nothing to check
   */
  public void run(Subject subject) {
    try {
      body.run(subject);
    } catch (NotApplicable e) {
      throw e;
    } catch (Violation e) {
      throw new Violation(e.rule(), e.finding() + reproduction(subject), e);
    } catch (RuntimeException | Error e) {
      throw new Violation(rule, title + "\nunexpected " + e + reproduction(subject), e);
    }
  }

  private String reproduction(Subject subject) {
    return System.lineSeparator() + "again: " + subject.reproduction().command(this);
  }

  /** What is done. */
  @FunctionalInterface
  public interface Body {
    /**
     * @throws Violation if a rule is broken
     * @throws NotApplicable if the backend gives nothing to check
     */
    void run(Subject subject);
  }
}
