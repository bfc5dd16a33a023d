package com.example.fulfilment;

import org.jspecify.annotations.Nullable;

/** A record that no further try makes readable. */
final class UnreadableEvent extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnreadableEvent(String what, @Nullable Throwable cause) {
        super(what, cause);
    }
}
