package io.tillstream.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.StripeObjectInterface;
import com.stripe.net.RequestOptions;
import com.stripe.param.PriceRetrieveParams;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Reads one of Stripe's objects in our own version of the API, by what it calls itself. For events in a version that
 * nobody has looked at: what stands in them may stand elsewhere than where we would look.
 *
 * @see <a href="https://docs.stripe.com/webhooks/versioning">Stripe: versions of events</a>
 */
public final class StripeRetrievals {

    private static final Map<String, Retrieval> BY_TYPE = Map.ofEntries(
            Map.entry("charge", (stripe, id, options) -> stripe.v1().charges().retrieve(id, options)),
            Map.entry(
                    "checkout.session",
                    (stripe, id, options) -> stripe.v1().checkout().sessions().retrieve(id, options)),
            Map.entry(
                    "credit_note",
                    (stripe, id, options) -> stripe.v1().creditNotes().retrieve(id, options)),
            Map.entry(
                    "customer", (stripe, id, options) -> stripe.v1().customers().retrieve(id, options)),
            Map.entry("dispute", (stripe, id, options) -> stripe.v1().disputes().retrieve(id, options)),
            Map.entry("invoice", (stripe, id, options) -> stripe.v1().invoices().retrieve(id, options)),
            Map.entry("mandate", (stripe, id, options) -> stripe.v1().mandates().retrieve(id, options)),
            Map.entry(
                    "payment_intent",
                    (stripe, id, options) -> stripe.v1().paymentIntents().retrieve(id, options)),
            Map.entry(
                    "payment_method",
                    (stripe, id, options) -> stripe.v1().paymentMethods().retrieve(id, options)),
            Map.entry("price", StripeRetrievals::price),
            Map.entry("product", (stripe, id, options) -> stripe.v1().products().retrieve(id, options)),
            Map.entry(
                    "radar.early_fraud_warning",
                    (stripe, id, options) ->
                            stripe.v1().radar().earlyFraudWarnings().retrieve(id, options)),
            Map.entry("refund", (stripe, id, options) -> stripe.v1().refunds().retrieve(id, options)),
            Map.entry(
                    "setup_intent",
                    (stripe, id, options) -> stripe.v1().setupIntents().retrieve(id, options)),
            Map.entry(
                    "subscription",
                    (stripe, id, options) -> stripe.v1().subscriptions().retrieve(id, options)),
            Map.entry(
                    "subscription_schedule",
                    (stripe, id, options) -> stripe.v1().subscriptionSchedules().retrieve(id, options)));

    private final StripeCalls calls;

    StripeRetrievals(StripeCalls calls) {
        this.calls = calls;
    }

    private interface Retrieval {
        StripeObjectInterface run(StripeClient stripe, String id, RequestOptions options) throws StripeException;
    }

    /** Events of prices do not tell the other currencies; whoever reads one wants to know them. */
    private static StripeObjectInterface price(StripeClient stripe, String id, RequestOptions options)
            throws StripeException {
        var params = PriceRetrieveParams.builder().addExpand("currency_options").build();
        return stripe.v1().prices().retrieve(id, params, options);
    }

    public static boolean knows(String objectType) {
        return BY_TYPE.containsKey(objectType);
    }

    /**
     * The object's JSON; empty where Stripe has none of this type and id. Errors with {@link StripeUnavailable}, where Stripe
     * refuses to say with {@link StripeRefusal}.
     */
    public Mono<String> retrieve(String objectType, String id) {
        Retrieval retrieval = Optional.ofNullable(BY_TYPE.get(objectType))
                .orElseThrow(() -> new IllegalArgumentException("not an object that is read: " + objectType));
        return calls.read(objectType + ".retrieve", (stripe, options) -> retrieval
                        .run(stripe, id, options)
                        .getLastResponse()
                        .body())
                .flatMap(answer -> answer.fold(
                        Mono::just, declined -> unclear(declined), no -> no.missing() ? Mono.empty() : unclear(no)));
    }

    private static Mono<String> unclear(StripeResult<?> no) {
        return Mono.error(new StripeRefusal(no));
    }
}
