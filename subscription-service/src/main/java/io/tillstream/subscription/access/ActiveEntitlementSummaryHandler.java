package io.tillstream.subscription.access;

import com.stripe.param.entitlements.ActiveEntitlementListParams;
import io.tillstream.delivery.EventOutcome;
import io.tillstream.delivery.RefetchedObject;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.stripeevents.UnreadableEvent;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.customer.Customers;
import io.tillstream.subscription.customer.StripeCustomers;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Features that Stripe itself says a customer has, by the products that carry them. The event names all of them, by the
 * lookup key that is the feature's name here.
 */
@Component
public class ActiveEntitlementSummaryHandler {

    private static final long MOST = 100; // one page: more features than a customer has
    private static final String USER = "user";
    private static final JsonNode NOTHING =
            StripeJson.read("{\"data\":[],\"has_more\":false}".getBytes(StandardCharsets.UTF_8));

    private final Customers customers;
    private final ActiveEntitlementSummaryTransition summaries;
    private final StripeCalls calls;
    private final StripeCustomers stripe;

    ActiveEntitlementSummaryHandler(
            Customers customers,
            ActiveEntitlementSummaryTransition summaries,
            StripeCalls calls,
            StripeCustomers stripe) {
        this.customers = customers;
        this.summaries = summaries;
        this.calls = calls;
        this.stripe = stripe;
    }

    /** Inside the transaction of the event's inbox row. */
    public Mono<EventOutcome> apply(StripeEvent event, Optional<JsonNode> answer) {
        String customer = StripeJson.id(event.object(), "customer");
        if (customer == null) {
            return Mono.error(new UnreadableEvent("A summary of nobody's entitlements"));
        }
        Optional<RefetchedObject> read = answer.map(RefetchedObject::of);
        Optional<JsonNode> refetched = read.map(RefetchedObject::object);
        JsonNode entitlements = refetched.orElse(event.object()).path("entitlements");
        boolean whole = entitlements.path("data").isArray()
                && !entitlements.path("has_more").asBoolean(false);
        if (!whole && refetched.isEmpty()) {
            return Mono.just(new EventOutcome.NeedsRefetch());
        }
        var summary = new ActiveEntitlementSummaryTransition.Summary(customer, event.created(), features(entitlements));
        return userOf(customer, refetched)
                .flatMap(user -> summaries.take(user, summary, read.orElse(null), event.id()))
                .switchIfEmpty(Mono.fromSupplier(() -> refetched.isPresent()
                        ? new EventOutcome.Ignored("a customer of another system")
                        : new EventOutcome.NeedsRefetch()));
    }

    /** A summary may come before all else of its customer: then Stripe says whether payment-service made them. */
    private Mono<String> userOf(String customer, Optional<JsonNode> refetched) {
        return customers
                .userOf(customer)
                .switchIfEmpty(Mono.justOrEmpty(refetched.map(asked -> StripeJson.text(asked, USER)))
                        .flatMap(user -> customers.keep(customer, user).thenReturn(user)));
    }

    /** The entitlements of the event's customer as Stripe has them now, and whose that is where nobody here knows. */
    public Mono<JsonNode> refetch(StripeEvent event) {
        String customer = Objects.requireNonNull(StripeJson.id(event.object(), "customer"));
        Mono<String> user = customers.userOf(customer).switchIfEmpty(Mono.defer(() -> stripe.userOf(customer)));
        return RefetchedObject.read(summaries.known(customer), () -> user.map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(known -> known.isPresent()
                        ? entitlements(customer).map(list -> refetch(list, known.get()))
                        : Mono.just(refetch(NOTHING, null))));
    }

    private static JsonNode refetch(JsonNode list, @Nullable String user) {
        ObjectNode refetched = JsonNodeFactory.instance.objectNode();
        refetched.set("entitlements", list);
        return refetched.put(USER, user);
    }

    /** A customer who is gone has none. */
    private Mono<JsonNode> entitlements(String customer) {
        var params = ActiveEntitlementListParams.builder()
                .setCustomer(customer)
                .setLimit(MOST)
                .build();
        return calls.read(
                        "entitlement.list",
                        (client, options) -> json(client.v1()
                                .entitlements()
                                .activeEntitlements()
                                .list(params, options)
                                .getLastResponse()
                                .body()))
                .map(answer -> StripeProblems.present(answer).orElse(NOTHING));
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
