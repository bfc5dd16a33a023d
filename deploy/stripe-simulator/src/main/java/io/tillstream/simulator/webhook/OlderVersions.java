package io.tillstream.simulator.webhook;

import io.tillstream.simulator.api.AnswerVersions;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Store;
import io.tillstream.simulator.state.Stores;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** Events as an endpoint of an older API version gets them: the same happening, told in the shapes of that time. */
@Component
class OlderVersions implements AnswerVersions {
    private final Stores stores;
    private final BeforeBasil billing;
    private final BeforeClover discounts;

    OlderVersions(Stores stores, BeforeBasil billing, BeforeClover discounts) {
        this.stores = stores;
        this.billing = billing;
        this.discounts = discounts;
    }

    /** Changes the event. Within a turn of the timeline. */
    ObjectNode renderEvent(ObjectNode event, String version) {
        event.put("api_version", version);
        if (event.path("data").path("object") instanceof ObjectNode object) {
            boolean changed = event.path("data").get("previous_attributes") instanceof ObjectNode;
            shape(object, changed ? (ObjectNode) event.path("data").get("previous_attributes") : null, version);
        }
        return event;
    }

    private void shape(ObjectNode object, @Nullable ObjectNode previous, String version) {
        String type = Json.text(object, "object");
        if ("payment_intent".equals(type) && isBefore(version, "2022-11-15")) {
            chargesInside(object);
        }
        if ("charge".equals(type) && isBefore(version, "2022-11-15")) {
            refundsInside(object);
        }
        if ("checkout.session".equals(type)) {
            olderSession(object, version);
        }
        if ("product".equals(type) && isBefore(version, "2024-04-10")) {
            olderProduct(object, previous);
        }
        if (isBefore(version, "2025-03-31")) {
            billing.render(object, previous);
        }
        if (isBefore(version, "2025-09-30")) {
            discounts.render(object);
            if (previous != null) {
                discounts.render(previous);
            }
        }
    }

    @Override
    public void render(ObjectNode answer, String version) {
        if (Json.is(answer, "object", "list")) {
            answer.path("data").forEach(each -> render((ObjectNode) each, version));
        } else if (Json.is(answer, "object", "event")) {
            return; // an event stays in the version in which it was told
        } else {
            shape(answer, null, version);
        }
    }

    private static boolean isBefore(String version, String date) {
        return version.substring(0, Math.min(version.length(), date.length())).compareTo(date) < 0;
    }

    /** Until 2022-11-15 an intent held its charges, and no {@code latest_charge}. */
    private void chargesInside(ObjectNode intent) {
        String id = Json.textOf(intent, "id");
        @Nullable String latest = Json.text(intent, "latest_charge");
        intent.remove("latest_charge");
        ObjectNode charges = list("/v1/charges?payment_intent=" + id);
        Optional<ObjectNode> charge = latest == null ? Optional.empty() : stores.find(latest);
        charge.ifPresent(found -> {
            refundsInside(found);
            charges.withArray("data").add(found);
        });
        charges.put("total_count", charge.isPresent() ? 1 : 0);
        intent.set("charges", charges);
    }

    /** Until 2022-11-15 a charge held its refunds. */
    private void refundsInside(ObjectNode charge) {
        String id = Json.textOf(charge, "id");
        ObjectNode refunds = list("/v1/charges/" + id + "/refunds");
        Optional<Store> store = stores.ofType("refund");
        store.ifPresent(all -> new Query(all).where("charge", id).all().forEach(refund -> refunds.withArray("data")
                .add(refund)));
        refunds.put("total_count", refunds.path("data").size());
        charge.set("refunds", refunds);
    }

    private static ObjectNode list(String url) {
        ObjectNode list = Json.object().put("object", "list");
        list.putArray("data");
        return list.put("has_more", false).put("url", url);
    }

    /** docs.stripe.com/changelog/2024-04-10/renames-features-attribute-product-object. */
    private static void olderProduct(ObjectNode product, @Nullable ObjectNode previous) {
        rename(product);
        product.putArray("attributes"); // of goods, which came to an end
        if (previous != null) {
            rename(previous);
        }
    }

    private static void rename(ObjectNode product) {
        if (product.has("marketing_features")) {
            product.set("features", product.remove("marketing_features"));
        }
    }

    /** {@code collected_information} came with basil; pages had other names for their kinds before dahlia. */
    private static void olderSession(ObjectNode session, String version) {
        if (isBefore(version, "2025-03-31")) {
            session.set(
                    "shipping_details", session.path("collected_information").path("shipping_details"));
            session.remove("collected_information");
        }
        String mode = Json.text(session, "ui_mode");
        if (mode != null && isBefore(version, "2026-03-25")) {
            session.put(
                    "ui_mode",
                    switch (mode) {
                        case "hosted_page" -> "hosted";
                        case "embedded_page" -> "embedded";
                        case "elements" -> "custom";
                        default -> mode;
                    });
        }
    }
}
