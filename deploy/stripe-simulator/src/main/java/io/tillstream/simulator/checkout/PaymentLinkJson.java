package io.tillstream.simulator.checkout;

import io.tillstream.simulator.api.EmailAndUrlCheck;
import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.state.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A payment link as it looks before anything was said about it. */
final class PaymentLinkJson {
    private PaymentLinkJson() {}

    static ObjectNode link(String id, String currency) {
        ObjectNode link = Json.object("payment_link", id).put("active", true);
        link.set(
                "after_completion",
                Json.literal("{'hosted_confirmation':{'custom_message':null},'type':'hosted_confirmation'}"));
        link.put("allow_promotion_codes", false).putNull("application").putNull("application_fee_amount");
        link.putNull("application_fee_percent");
        link.set("automatic_tax", Json.literal("{'enabled':false,'liability':null}"));
        link.put("billing_address_collection", "auto").putNull("consent_collection");
        link.put("currency", currency).putArray("custom_fields");
        link.set(
                "custom_text",
                Json.literal("{'after_submit':null,'shipping_address':null,'submit':null,"
                        + "'terms_of_service_acceptance':null}"));
        link.putNull("customer_creation").putNull("inactive_message");
        link.set(
                "invoice_creation",
                Json.literal("{'enabled':false,'invoice_data':{'account_tax_ids':null,'custom_fields':null,"
                        + "'description':null,'footer':null,'issuer':null,'metadata':{},'rendering_options':null}}"));
        link.put("livemode", false).putObject("metadata");
        link.putNull("managed_payments").putNull("on_behalf_of").putNull("optional_items");
        link.putNull("payment_intent_data").put("payment_method_collection", "always");
        link.putNull("payment_method_options").putNull("payment_method_types");
        link.set("phone_number_collection", Json.object().put("enabled", false));
        link.putNull("restrictions").putNull("shipping_address_collection").putArray("shipping_options");
        link.put("submit_type", "auto").putNull("subscription_data");
        link.set("tax_id_collection", Json.literal("{'enabled':false,'required':'never'}"));
        return link.putNull("transfer_data").putNull("url");
    }

    /** Where a buyer comes to after they paid: the shop's own page, or one of Stripe's. */
    static void completion(@Nullable Params given, ObjectNode link) {
        if (given == null) {
            return;
        }
        String type = given.required("type");
        ObjectNode completion = link.putObject("after_completion");
        if (type.equals("redirect")) {
            Params redirect = given.child("redirect");
            if (redirect != null) {
                EmailAndUrlCheck.refuseBadUrl(redirect, "url");
            }
            completion
                    .putObject("redirect")
                    .put("url", redirect == null ? given.required("redirect") : redirect.required("url"));
        } else {
            Params confirmation = given.child("hosted_confirmation");
            completion
                    .putObject("hosted_confirmation")
                    .put("custom_message", confirmation == null ? null : confirmation.text("custom_message"));
        }
        completion.put("type", type);
    }
}
