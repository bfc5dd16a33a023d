package io.tillstream.simulator.paymentintent;

import io.tillstream.simulator.api.Addresses;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
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

    /** Refuses what only a confirmation can have, of a {@code PaymentIntent} or {@code SetupIntent} that has none. */
    public static void refuse(Params params, String intent) {
        for (String name : new String[] {"return_url", "error_on_requires_action", "mandate_data"}) {
            if (params.has(name) && !params.unset(name) && !"false".equals(params.textIfAny(name))) {
                throw StripeError.malformed(
                        null,
                        "The parameter `" + name + "` cannot be passed when creating a " + intent
                                + " unless `confirm` is" + " set to true",
                        name);
            }
        }
    }

    /** Whether the buyer accepted a mandate; nothing but that is made of the details. */
    public static boolean accepts(Params params) {
        Params mandate = params.child("mandate_data");
        if (mandate == null) {
            return false;
        }
        Params acceptance = mandate.child("customer_acceptance");
        if (acceptance == null) {
            String missing = mandate.param("customer_acceptance");
            throw StripeError.malformed("parameter_missing", "Missing required param: " + missing + ".", missing);
        }
        acceptance.required("type");
        return !acceptance.tree().isEmpty();
    }

    /** Whether Stripe itself confirms, by its pages or its billing: the buyer's word was taken there. */
    boolean byStripe() {
        return this.equals(BY_PAGE) || patient;
    }

    public static Confirmation read(Params params) {
        String off = params.text("off_session");
        boolean offSession = off != null && !off.equals("false");
        Addresses.refuseBadReturn(params, "return_url");
        return new Confirmation(
                offSession,
                params.isTrue("error_on_requires_action"),
                params.isTrue("use_stripe_sdk"),
                params.text("return_url"),
                false);
    }
}
