package io.tillstream.subscription.catalog;

import org.jspecify.annotations.Nullable;

/** Stripe will not have the plan as it is: trying again cannot help, an operator has to change it. */
final class RefusedByStripe extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final @Nullable String param;

    RefusedByStripe(String code, @Nullable String param) {
        super("Stripe refused: " + code + (param == null ? "" : " " + param));
        this.code = code;
        this.param = param;
    }

    String code() {
        return code;
    }

    @Nullable
    String param() {
        return param;
    }
}
