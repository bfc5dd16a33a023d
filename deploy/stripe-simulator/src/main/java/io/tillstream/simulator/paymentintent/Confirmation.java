package io.tillstream.simulator.paymentintent;

import io.tillstream.simulator.api.EmailAndUrlCheck;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import java.util.stream.Stream;
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

    /**
     * Whether the buyer accepted a mandate; nothing but that is made of the details. Accepted online, they say from where
     * (docs.stripe.com/api/payment_intents/confirm, {@code mandate_data.customer_acceptance.online}): a server by address and
     * browser, Stripe.js also by {@code infer_from_client}.
     */
    public static boolean accepts(Params params, boolean byBrowser) {
        Params mandate = params.child("mandate_data");
        if (mandate == null) {
            return false;
        }
        Params acceptance = required(mandate, "customer_acceptance");
        if (acceptance.required("type").equals("online")) {
            Params online = required(acceptance, "online");
            if (!byBrowser || !online.isTrue("infer_from_client")) {
                refuseNoAddress(online.required("ip_address"), online.param("ip_address"));
                online.required("user_agent");
            }
        }
        return !acceptance.tree().isEmpty();
    }

    private static Params required(Params of, String name) {
        Params child = of.child(name);
        if (child == null) {
            throw StripeError.malformed(
                    "parameter_missing", "Missing required param: " + of.param(name) + ".", of.param(name));
        }
        return child;
    }

    private static void refuseNoAddress(String address, String param) {
        String[] parts = address.split("\\.", -1);
        boolean four = parts.length == 4 && Stream.of(parts).allMatch(Confirmation::isByte);
        boolean six = address.indexOf(':') >= 0 && address.matches("[0-9a-fA-F:.]{2,45}");
        if (!four && !six) {
            throw StripeError.malformed(null, "Invalid IP address: " + address, param);
        }
    }

    private static boolean isByte(String part) {
        return part.matches("\\d{1,3}") && Integer.parseInt(part) <= 255;
    }

    /** Whether Stripe itself confirms, by its pages or its billing: the buyer's word was taken there. */
    boolean byStripe() {
        return this.equals(BY_PAGE) || patient;
    }

    public static Confirmation read(Params params) {
        String off = params.text("off_session");
        boolean offSession = off != null && !off.equals("false");
        EmailAndUrlCheck.refuseBadReturn(params, "return_url");
        return new Confirmation(
                offSession,
                params.isTrue("error_on_requires_action"),
                params.isTrue("use_stripe_sdk"),
                params.text("return_url"),
                false);
    }
}
