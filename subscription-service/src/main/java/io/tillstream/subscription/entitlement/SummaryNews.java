package io.tillstream.subscription.entitlement;

import com.stripe.param.entitlements.ActiveEntitlementListParams;
import io.tillstream.delivery.Outcome;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.stripeevents.UnreadableEvent;
import io.tillstream.subscription.customer.Customers;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Features that Stripe itself says a customer has, by the products that carry them. The event names all of them, by the
 * lookup key that is the feature's name here.
 */
@Component
public class SummaryNews {

    private static final long MOST = 100; // one page: more features than a customer has

    private final Customers customers;
    private final StripeSummaries summaries;
    private final StripeCalls calls;

    SummaryNews(Customers customers, StripeSummaries summaries, StripeCalls calls) {
        this.customers = customers;
        this.summaries = summaries;
        this.calls = calls;
    }

    /** Inside the transaction of the event's inbox row. */
    public Mono<Outcome> apply(StripeEvent event, Optional<JsonNode> truth) {
        String customer = StripeJson.id(event.object(), "customer");
        if (customer == null) {
            return Mono.error(new UnreadableEvent("A summary of nobody's entitlements"));
        }
        JsonNode entitlements = truth.orElseGet(() -> event.object().path("entitlements"));
        boolean whole = entitlements.path("data").isArray()
                && !entitlements.path("has_more").asBoolean(false);
        if (!whole && truth.isEmpty()) {
            return Mono.just(new Outcome.NeedsTruth());
        }
        var summary = new StripeSummaries.Summary(customer, event.created(), features(entitlements));
        return customers
                .userOf(customer)
                .flatMap(user -> summaries.take(user, summary, truth.isPresent(), event.id()))
                .defaultIfEmpty(new Outcome.Ignored("a customer of another system"));
    }

    /** The entitlements of the event's customer as Stripe has them now. */
    public Mono<JsonNode> truth(StripeEvent event) {
        String customer = Objects.requireNonNull(StripeJson.id(event.object(), "customer"));
        var params = ActiveEntitlementListParams.builder()
                .setCustomer(customer)
                .setLimit(MOST)
                .build();
        return calls.read(
                        "entitlement.list",
                        (stripe, options) -> json(stripe.v1()
                                .entitlements()
                                .activeEntitlements()
                                .list(params, options)
                                .getLastResponse()
                                .body()))
                .map(answer -> answer.fold(list -> list, no -> event.object().path("entitlements"), no -> event.object()
                        .path("entitlements")));
    }

    private static SortedSet<String> features(JsonNode entitlements) {
        var features = new TreeSet<String>();
        for (JsonNode entitlement : entitlements.path("data")) {
            String key = StripeJson.text(entitlement, "lookup_key");
            if (key != null) {
                features.add(key);
            }
        }
        return features;
    }

    private static JsonNode json(String body) {
        return StripeJson.read(body.getBytes(StandardCharsets.UTF_8));
    }
}
