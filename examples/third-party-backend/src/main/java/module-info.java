/** A backend on EJML's matrix product. */
module org.example.ejml {
  requires dev.volute.api;
  requires ejml.core;
  requires ejml.fdense;

  provides dev.volute.spi.BackendProvider with
      org.example.ejml.EjmlProvider;
}
