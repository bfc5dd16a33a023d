package io.tillstream.simulator.paymentintent;

import io.tillstream.simulator.api.Params;
import org.jspecify.annotations.Nullable;

/**
 * How a confirmation is made.
 *
 * @param offSession the buyer is not there and cannot be asked
 * @param errorOnAction it is to fail rather than to wait for the buyer
 * @param sdk Stripe.js handles what the buyer has to do, so no redirect is needed
 * @param patient what the buyer has to do is waited for even if they are not there
 */
public record Confirmation(
        boolean offSession,
        boolean errorOnAction,
        boolean sdk,
        @Nullable String returnUrl,
        boolean patient) {
    /** As a page of Stripe itself confirms. */
    public static final Confirmation BY_PAGE = new Confirmation(false, false, true, null, false);

    /** As invoices are collected: whoever has to authenticate later is asked by their invoice. */
    public static Confirmation byBilling(boolean offSession) {
        return new Confirmation(offSession, false, true, null, true);
    }

    public static Confirmation read(Params params) {
        String off = params.text("off_session");
        boolean offSession = off != null && !off.equals("false");
        return new Confirmation(
                offSession,
                params.isTrue("error_on_requires_action"),
                params.isTrue("use_stripe_sdk"),
                params.text("return_url"),
                false);
    }
}
