package io.tillstream.subscription.portal;

import static io.tillstream.subscription.stripe.StripeSubscriptions.json;

import com.google.gson.Gson;
import com.stripe.param.billingportal.ConfigurationCreateParams;
import com.stripe.param.billingportal.ConfigurationListParams;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.subscription.SnapshotHash;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The portal's settings as the shop has saved them, but for promotion codes: Stripe takes one there as often as it is typed, and
 * a code is for once per user. Where the shop's settings offer them, the portal is opened with a copy that does not.
 *
 * @see <a
 *     href="https://docs.stripe.com/api/customer_portal/configurations/object#portal_configuration_object-features-subscription_update-default_allowed_updates">Stripe:
 *     default_allowed_updates</a>
 */
@Component
class PortalConfigurations {

    private static final String CODES = "promotion_code";
    private static final String COPY_OF = "copy_of";
    private static final long PAGE = 100; // Stripe's most; each change of the shop's settings leaves one copy
    private static final Gson GSON = new Gson(); // stripe-java's parameters are written for it

    private final StripeCalls calls;

    PortalConfigurations(StripeCalls calls) {
        this.calls = calls;
    }

    /** Stripe's id of the one to open; empty for the shop's own, which takes no codes, or is not there. */
    Mono<Optional<String>> withoutCodes() {
        return page(null)
                .expand(this::next)
                .concatMapIterable(page -> page.path("data").valueStream().toList())
                .collectList()
                .flatMap(this::chosen)
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty());
    }

    private Mono<JsonNode> page(@Nullable String after) {
        var params = ConfigurationListParams.builder()
                .setActive(true)
                .setLimit(PAGE)
                .setStartingAfter(after)
                .addExpand("data.features.subscription_update.products")
                .build();
        return calls.read(
                        "billing_portal.configuration.list",
                        (stripe, options) -> json(
                                stripe.v1().billingPortal().configurations().list(params, options)))
                .flatMap(answer -> Mono.justOrEmpty(StripeProblems.present(answer)));
    }

    /** The shop's own is the oldest of all, and so on the last. */
    private Mono<JsonNode> next(JsonNode page) {
        JsonNode data = page.path("data");
        return page.path("has_more").asBoolean(false) && !data.isEmpty()
                ? page(StripeJson.text(data.get(data.size() - 1), "id"))
                : Mono.empty();
    }

    private Mono<String> chosen(List<JsonNode> all) {
        return Mono.justOrEmpty(all.stream()
                        .filter(one -> one.path("is_default").asBoolean(false))
                        .filter(PortalConfigurations::takesCodes)
                        .findFirst())
                .flatMap(shops -> {
                    String version = SnapshotHash.of(StripeJson.text(shops, "id") + shops.path("features"));
                    return Mono.justOrEmpty(all.stream()
                                    .filter(one -> version.equals(StripeJson.metadata(one, COPY_OF)))
                                    .map(one -> StripeJson.text(one, "id"))
                                    .findFirst())
                            .switchIfEmpty(Mono.defer(() -> copied(shops, version)));
                });
    }

    private static boolean takesCodes(JsonNode configuration) {
        JsonNode update = configuration.path("features").path("subscription_update");
        return update.path("enabled").asBoolean(false)
                && update.path("default_allowed_updates")
                        .valueStream()
                        .anyMatch(each -> CODES.equals(each.asString("")));
    }

    private Mono<String> copied(JsonNode shops, String version) {
        var params = ConfigurationCreateParams.builder()
                .setFeatures(typed(features(shops), ConfigurationCreateParams.Features.class))
                .setBusinessProfile(
                        typed(shops.path("business_profile"), ConfigurationCreateParams.BusinessProfile.class))
                .putMetadata(COPY_OF, version)
                .build();
        return calls.writeRepeatable(
                        "billing_portal.configuration.create",
                        version,
                        (stripe, options) -> json(
                                stripe.v1().billingPortal().configurations().create(params, options)))
                .flatMap(answer -> Mono.justOrEmpty(StripeProblems.present(answer)))
                .mapNotNull(made -> StripeJson.text(made, "id"));
    }

    /** Without anything that could be changed Stripe takes no changes at all. */
    private static JsonNode features(JsonNode shops) {
        JsonNode features = shops.path("features").deepCopy();
        if (features.path("subscription_update") instanceof ObjectNode update
                && update.path("default_allowed_updates") instanceof ArrayNode allowed) {
            allowed.removeIf(each -> CODES.equals(each.asString("")));
            update.put("enabled", !allowed.isEmpty());
        }
        return features;
    }

    /** As a request says it: what is null or empty in an answer is left out. */
    private static <T> T typed(JsonNode answer, Class<T> params) {
        JsonNode said = answer.deepCopy();
        leaveOut(said);
        return GSON.fromJson(said.toString(), params);
    }

    private static void leaveOut(JsonNode node) {
        node.forEach(PortalConfigurations::leaveOut);
        if (node instanceof ObjectNode object) {
            object.removeIf(value -> value.isNull() || (value.isContainer() && value.isEmpty()));
        }
    }
}
