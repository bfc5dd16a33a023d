package io.tillstream.subscription.start;

import static io.tillstream.subscription.stripe.StripeSubscriptions.json;

import com.stripe.param.PromotionCodeListParams;
import com.stripe.param.SubscriptionCancelParams;
import com.stripe.param.SubscriptionListParams;
import com.stripe.param.SubscriptionRetrieveParams;
import com.stripe.param.SubscriptionSearchParams;
import com.stripe.param.checkout.SessionListParams;
import com.stripe.param.checkout.SessionRetrieveParams;
import io.tillstream.stripe.ExpectedValues;
import io.tillstream.stripe.StripeCallback;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeRefusal;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.subscription.answers.StripeProblems;
import io.tillstream.subscription.stripe.StripeSubscriptions;
import io.tillstream.subscription.subscription.Subscription;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Beginning subscriptions at Stripe, and closing what was begun and never paid. */
@Component
class StripeStarts {

    private static final Logger LOG = LoggerFactory.getLogger(StripeStarts.class);

    private static final long PAGE = 100; // Stripe's most; more than a user begins in the life of one start

    private static final SubscriptionRetrieveParams FIRST_PAYMENT = SubscriptionRetrieveParams.builder()
            .addExpand(StartStripeParams.INVOICE_SECRET)
            .addExpand(StartStripeParams.SETUP)
            .build();

    private static final SessionRetrieveParams SOLD = SessionRetrieveParams.builder()
            .addExpand(StartStripeParams.LINE_ITEMS)
            .build();

    static final String CREATE = "subscription.create";
    static final String OPEN = "checkout.session.create";
    private static final String SEARCH = "subscription.search";

    private static final long MOST_CODES = 100; // of one text that are everybody's there is one

    private final StripeCalls calls;
    private final String environment;

    StripeStarts(StripeCalls calls, StripeSettings settings) {
        this.calls = calls;
        this.environment = settings.environment();
    }

    /** A start does not begin. By a fault of ours that is an alarm, whatever reason Stripe gives. */
    void alarmIfOurs(String operation, StripeResult.Refused<?> no) {
        if (StartRefusals.isOurs(no)) {
            calls.isOurFault(operation, no);
        }
    }

    Mono<StripeResult<JsonNode>> create(Subscription row, StartParameters wanted, boolean background) {
        var params = StartStripeParams.subscription(wanted, metadata(row));
        return through(background)
                .write(
                        CREATE,
                        key(row, wanted),
                        (stripe, options) -> stripe.v1().subscriptions().create(params, options),
                        subscriptionOf(wanted))
                .map(answer -> answer.map(StripeSubscriptions::json));
    }

    Mono<StripeResult<JsonNode>> openSession(
            Subscription row, StartParameters wanted, StartParameters.StripePage page, boolean background) {
        return openSession(row, wanted, page, key(row, wanted), through(background));
    }

    /** After a look at Stripe showed that no page was opened. */
    Mono<StripeResult<JsonNode>> openSessionAnew(
            Subscription row, StartParameters wanted, StartParameters.StripePage page) {
        return openSession(row, wanted, page, key(row, wanted) + ":" + UUID.randomUUID(), calls);
    }

    private Mono<StripeResult<JsonNode>> openSession(
            Subscription row,
            StartParameters wanted,
            StartParameters.StripePage page,
            String key,
            StripeCalls through) {
        var params = StartStripeParams.session(wanted, page, row.userId(), metadata(row));
        return through.write(
                        OPEN,
                        key,
                        (stripe, options) -> stripe.v1().checkout().sessions().create(params, options),
                        pageOf(wanted))
                .map(answer -> answer.map(StripeSubscriptions::json));
    }

    /** What a start is answered with, also when Stripe repeats that answer: as it was made. */
    private static ExpectedValues subscriptionOf(StartParameters wanted) {
        return sessionOf(wanted)
                .and("items.data.*.price", wanted.priceId())
                .and("items.data.*.quantity", wanted.quantity());
    }

    /** Whether what is found has the price and the quantity of the start; if not, it may have been changed since. */
    static boolean isAskedFor(StartParameters wanted, JsonNode found) {
        return found.at("/items/data")
                .valueStream()
                .anyMatch(item -> wanted.priceId().equals(StripeJson.id(item, "price"))
                        && item.path("quantity").asInt(0) == wanted.quantity());
    }

    /** What a page or a subscription keeps, whatever is changed of it. */
    private static ExpectedValues sessionOf(StartParameters wanted) {
        return ExpectedValues.of("currency", wanted.currency()).and("customer", wanted.customerId());
    }

    /** What a page is opened with; whoever pays on it may change it then. */
    private static ExpectedValues pageOf(StartParameters wanted) {
        return sessionOf(wanted)
                .and("line_items.data.*.price", wanted.priceId())
                .and("line_items.data.*.quantity", wanted.quantity());
    }

    /**
     * With another customer or price, in place of one that Stripe lost, it is another request: for the old key Stripe would
     * repeat that it knows no such thing.
     */
    private static String key(Subscription row, StartParameters wanted) {
        return row.id() + ":" + wanted.customerId() + ":" + wanted.priceId();
    }

    Mono<StripeResult<JsonNode>> closeSession(String sessionId) {
        return end(
                calls,
                "checkout.session.expire",
                sessionId,
                (stripe, options) -> json(stripe.v1().checkout().sessions().expire(sessionId, options)));
    }

    /** A paid invoice cannot be voided: whoever pays at this very moment keeps what they paid for. */
    Mono<StripeResult<JsonNode>> voidInvoice(String invoiceId) {
        return end(
                calls,
                "invoice.void",
                invoiceId,
                (stripe, options) -> json(stripe.v1().invoices().voidInvoice(invoiceId, options)));
    }

    Mono<StripeResult<JsonNode>> cancel(String stripeId) {
        return end(
                calls,
                "subscription.close",
                stripeId,
                (stripe, options) -> json(stripe.v1().subscriptions().cancel(stripeId, options)));
    }

    /** It is over, and says why. */
    Mono<StripeResult<JsonNode>> endTrial(String stripeId, boolean byCard) {
        var params = SubscriptionCancelParams.builder()
                .setCancellationDetails(SubscriptionCancelParams.CancellationDetails.builder()
                        .setComment("trial_used: the " + (byCard ? "card" : "user") + " has had a trial before")
                        .build())
                .build();
        return end(
                calls.inBackground(),
                "trial.end",
                byCard ? stripeId : stripeId + ":user",
                (stripe, options) -> json(stripe.v1().subscriptions().cancel(stripeId, params, options)));
    }

    /**
     * A no is kept for its key as a failure is: what stood in the way, a debit that was on its way perhaps, may be over since.
     * So it is asked once more under a key of its own; what is ended is not ended twice by that.
     */
    private static Mono<StripeResult<JsonNode>> end(
            StripeCalls through, String operation, String id, StripeCallback<JsonNode> call) {
        return through.writeRepeatable(operation, id, call)
                .flatMap(answer -> answer instanceof StripeResult.Refused<JsonNode> no && !no.missing()
                        ? through.write(operation, id + ":" + UUID.randomUUID(), call)
                        : Mono.just(answer));
    }

    /** With what {@link FirstPayment} reads; empty where Stripe has it no more. */
    Mono<JsonNode> subscription(String stripeId) {
        return calls.read(
                        "subscription.retrieve",
                        (stripe, options) ->
                                json(stripe.v1().subscriptions().retrieve(stripeId, FIRST_PAYMENT, options)))
                .flatMap(answer -> Mono.justOrEmpty(StripeProblems.present(answer)));
    }

    /**
     * What a start has made, as it is now, compared with what of it cannot change: its quantity and its plan may be others by
     * then, and only the answer to the start says what was made.
     */
    Mono<StripeResult<JsonNode>> begun(StartParameters wanted, String stripeId) {
        return calls.read(
                        "subscription.retrieve",
                        (stripe, options) -> stripe.v1().subscriptions().retrieve(stripeId, FIRST_PAYMENT, options),
                        sessionOf(wanted))
                .map(answer -> answer.map(StripeSubscriptions::json));
    }

    /** The page that a start opened and nobody has seen, compared with what it asked for. */
    Mono<StripeResult<JsonNode>> session(StartParameters wanted, String sessionId) {
        return calls.read(
                        "checkout.session.retrieve",
                        (stripe, options) -> stripe.v1().checkout().sessions().retrieve(sessionId, SOLD, options),
                        pageOf(wanted))
                .map(answer -> answer.map(StripeSubscriptions::json));
    }

    /** Empty where Stripe has it no more. */
    Mono<JsonNode> session(String sessionId) {
        return calls.read(
                        "checkout.session.retrieve",
                        (stripe, options) ->
                                json(stripe.v1().checkout().sessions().retrieve(sessionId, options)))
                .flatMap(answer -> Mono.justOrEmpty(StripeProblems.present(answer)));
    }

    Mono<JsonNode> intent(String intentId) {
        return calls.read(
                        "payment_intent.retrieve",
                        (stripe, options) -> json(stripe.v1().paymentIntents().retrieve(intentId, options)))
                .map(StripeResult::value);
    }

    /**
     * The one that a start made, about whose answer nothing is known; empty where Stripe has none.
     *
     * @param mayBeUnsearched whether a start is judged that Stripe does not let be searched for; else that is an error
     */
    Mono<JsonNode> lookUp(Subscription row, String customerId, boolean mayBeUnsearched) {
        var params = SubscriptionListParams.builder()
                .setCustomer(customerId)
                .setStatus(SubscriptionListParams.Status.ALL)
                .setLimit(PAGE)
                .build();
        return calls.read(
                        "subscription.list",
                        (stripe, options) -> json(stripe.v1().subscriptions().list(params, options)))
                .flatMap(page ->
                        StripeProblems.present(page).map(Mono::just).orElseGet(() -> found(row, mayBeUnsearched)))
                .flatMap(page -> madeFor(row, page));
    }

    /**
     * With its customer Stripe's list is gone, but not what a card paid: that is found by what we wrote on it. Where Stripe does not
     * let it be searched for, by the rights of the key say, it is judged without in the end: else it would never be.
     */
    private Mono<JsonNode> found(Subscription row, boolean mayBeUnsearched) {
        var params = SubscriptionSearchParams.builder()
                .setQuery("metadata['subscription_id']:'" + row.id() + "'")
                .build();
        return calls.read(
                        SEARCH,
                        (stripe, options) -> json(stripe.v1().subscriptions().search(params, options)))
                .flatMap(page -> page instanceof StripeResult.Ok<JsonNode> found
                        ? Mono.just(found.value())
                        : Mono.error(new StripeRefusal(page)))
                .onErrorResume(StripeRefusal.class, no -> notSearched(row, no, mayBeUnsearched));
    }

    private Mono<JsonNode> notSearched(Subscription row, StripeRefusal no, boolean mayBeUnsearched) {
        if (!mayBeUnsearched) {
            return Mono.error(no);
        }
        calls.decidedWithout(SEARCH);
        LOG.warn(
                "Stripe does not let start {} be searched for: see there whether it has made a subscription of it",
                row.id());
        return Mono.empty();
    }

    /**
     * The page that a start opened, about whose answer nothing is known; empty where Stripe has none, or not even the customer.
     * What was paid on it is found by {@link #lookUp}.
     */
    Mono<JsonNode> lookUpSession(Subscription row, String customerId) {
        var params = SessionListParams.builder()
                .setCustomer(customerId)
                .setLimit(PAGE)
                .build();
        return calls.read(
                        "checkout.session.list",
                        (stripe, options) ->
                                json(stripe.v1().checkout().sessions().list(params, options)))
                .flatMap(page -> Mono.justOrEmpty(StripeProblems.present(page)))
                .flatMap(page -> madeFor(row, page));
    }

    private static Mono<JsonNode> madeFor(Subscription row, JsonNode page) {
        return Mono.justOrEmpty(page.path("data")
                .valueStream()
                .filter(one -> row.id().toString().equals(StripeJson.metadata(one, "subscription_id")))
                .findFirst());
    }

    /**
     * Stripe's id of a code that this customer can use now; empty where there is none. The same text may be the code of
     * others' too, each their own.
     */
    Mono<String> promotionCode(String code, String customer) {
        var own =
                PromotionCodeListParams.builder().setCode(code).setActive(true).setCustomer(customer);
        var all =
                PromotionCodeListParams.builder().setCode(code).setActive(true).setLimit(MOST_CODES);
        return codes(own.build())
                .switchIfEmpty(
                        Flux.defer(() -> codes(all.build()).filter(one -> StripeJson.id(one, "customer") == null)))
                .next()
                .mapNotNull(one -> StripeJson.text(one, "id"));
    }

    private Flux<JsonNode> codes(PromotionCodeListParams params) {
        return calls.read(
                        "promotion_code.list",
                        (stripe, options) -> json(stripe.v1().promotionCodes().list(params, options)))
                .flatMap(page -> page instanceof StripeResult.Refused<JsonNode> no && "code".equals(no.param())
                        ? Mono.empty() // what is no word of Stripe's is no code, however often it is asked for
                        : Mono.justOrEmpty(StripeProblems.present(page)))
                .flatMapIterable(page -> page.path("data"));
    }

    private Map<String, String> metadata(Subscription row) {
        return Map.of(
                "subscription_id", row.id().toString(),
                "user_id", row.userId(),
                "plan_id", row.planId(),
                "env", environment);
    }

    private StripeCalls through(boolean background) {
        return background ? calls.inBackground() : calls;
    }
}
