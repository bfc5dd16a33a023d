package io.tillstream.delivery;

/** An earlier record of the same key stepped aside: this one waits behind it. A signal and not a fault. */
final class KeyIsSetAside extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KeyIsSetAside() {
        super("An earlier record of this key waits", null, false, false);
    }
}
