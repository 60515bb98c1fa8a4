package dev.volute.spi;

/** The program that the tests of property and environment start in a JVM of its own. */
public final class PrintBestBackend {
  private PrintBestBackend() {}

  public static void main(String[] arguments) {
    try (Backend backend = Backends.best(BackendOptions.threads(3))) {
      System.out.println("opened " + backend);
    } catch (BackendException refused) {
      System.out.println("refused " + refused.getMessage());
    }
  }
}
