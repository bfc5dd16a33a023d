package io.tillstream.delivery;

/** Something this service depends on is away for now: the same try can succeed later, and costs nothing until then. */
public class TransientFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TransientFault(String what, Throwable cause) {
        super(what, cause);
    }
}
