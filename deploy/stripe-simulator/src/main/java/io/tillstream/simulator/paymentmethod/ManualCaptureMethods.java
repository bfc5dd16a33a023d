package io.tillstream.simulator.paymentmethod;

import io.tillstream.simulator.api.StripeError;
import java.util.List;
import java.util.Set;

/** Which methods hold money until it is captured: docs.stripe.com/payments/place-a-hold-on-a-payment-method. */
public final class ManualCaptureMethods {
    private static final Set<String> HOLD = Set.of("card", "link");

    private ManualCaptureMethods() {}

    public static boolean takes(String type) {
        return HOLD.contains(type);
    }

    /** In the words that shops report: github.com/abantecart/abantecart-src/issues/1750. */
    public static void refuseOther(List<String> types, String param) {
        for (String type : types) {
            if (!takes(type)) {
                throw StripeError.invalid(
                        null,
                        "`capture_method=manual` is not supported by payment method type `" + type
                                + "`. Use a different capture method.",
                        param);
            }
        }
    }
}
