package io.tillstream.payment.settlement;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.PaymentIntent;
import com.stripe.model.StripeObjectInterface;
import com.stripe.net.RequestOptions;
import com.stripe.param.PaymentIntentListParams;
import com.stripe.param.PaymentIntentRetrieveParams;
import com.stripe.param.checkout.SessionListParams;
import com.stripe.param.checkout.SessionRetrieveParams;
import io.tillstream.payment.payable.Method;
import io.tillstream.payment.payable.Payment;
import io.tillstream.stripe.ExpectedValues;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** What Stripe says now of intents and sessions. */
@Component
public class StripePaymentReader {

    /** Our id of an attempt in Stripe's metadata. */
    public static final String ATTEMPT = "attempt_id";

    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5); // ours and Stripe's, at most
    private static final Duration LATER = Duration.ofSeconds(30);
    private static final long MOST = 100; // one page: more than a user starts in the life of one attempt

    private final StripeCalls calls;

    StripePaymentReader(StripeCalls calls) {
        this.calls = calls;
    }

    /** What every intent of the payment says. */
    public static ExpectedValues intentOf(Payment payment) {
        return ExpectedValues.of("currency", payment.money().currency())
                .and("amount", payment.money().amount())
                .and("customer", payment.stripeCustomerId());
    }

    /** What every page of the payment says. */
    public static ExpectedValues sessionOf(Payment payment) {
        return ExpectedValues.of("currency", payment.money().currency())
                .and("amount_total", payment.money().amount())
                .and("customer", payment.stripeCustomerId());
    }

    /** An intent that an event names. */
    Mono<StripeResult<JsonNode>> intent(String id) {
        return calls.read("payment_intent.retrieve", (stripe, options) -> intent(stripe, id, options))
                .map(answer -> answer.map(StripePaymentReader::json));
    }

    /** The intent of a payment, compared with what was asked for. */
    Mono<StripeResult<JsonNode>> intent(Payment payment, String id) {
        return calls.read(
                        "payment_intent.retrieve", (stripe, options) -> intent(stripe, id, options), intentOf(payment))
                .map(answer -> answer.map(StripePaymentReader::json));
    }

    private static PaymentIntent intent(StripeClient stripe, String id, RequestOptions options) throws StripeException {
        var params =
                PaymentIntentRetrieveParams.builder().addExpand("latest_charge").build();
        return stripe.v1().paymentIntents().retrieve(id, params, options);
    }

    /** The page of a payment, compared with what was asked for. */
    Mono<StripeResult<JsonNode>> session(Payment payment, String id) {
        var params = SessionRetrieveParams.builder().addExpand("payment_intent").build();
        return calls.read(
                        "checkout.session.retrieve",
                        (stripe, options) -> stripe.v1().checkout().sessions().retrieve(id, params, options),
                        sessionOf(payment))
                .map(answer -> answer.map(StripePaymentReader::json));
    }

    /**
     * The intent or session of an attempt about which we have no answer; empty where Stripe lists none. Errors with
     * {@link CustomerMissingAtStripeException} where it lists nothing as it does not know the customer.
     */
    public Mono<JsonNode> lookUp(Payment payment) {
        Mono<StripeResult<JsonNode>> page = payment.method() == Method.CHECKOUT ? sessions(payment) : intents(payment);
        return page.map(StripePaymentReader::list)
                .flatMap(list -> Mono.justOrEmpty(list.get("data")
                        .valueStream()
                        .filter(object -> payment.id().toString().equals(StripeJson.metadata(object, ATTEMPT)))
                        .findFirst()));
    }

    /** Any other no says nothing about the attempt. */
    private static JsonNode list(StripeResult<JsonNode> answer) {
        return answer.fold(
                list -> list,
                no -> {
                    throw new StripeUnavailable("Stripe does not list: " + no, LATER, null);
                },
                no -> {
                    throw no.missing("customer")
                            ? new CustomerMissingAtStripeException()
                            : new StripeUnavailable("Stripe does not list: " + no, LATER, null);
                });
    }

    private Mono<StripeResult<JsonNode>> intents(Payment payment) {
        var since =
                PaymentIntentListParams.Created.builder().setGte(since(payment)).build();
        var params = PaymentIntentListParams.builder()
                .setCustomer(payment.stripeCustomerId())
                .setCreated(since)
                .setLimit(MOST)
                .build();
        return calls.inBackground()
                .read(
                        "payment_intent.list",
                        (stripe, options) -> json(stripe.v1()
                                .paymentIntents()
                                .list(params, options)
                                .getLastResponse()
                                .body()));
    }

    private Mono<StripeResult<JsonNode>> sessions(Payment payment) {
        var since = SessionListParams.Created.builder().setGte(since(payment)).build();
        var params = SessionListParams.builder()
                .setCustomer(payment.stripeCustomerId())
                .setCreated(since)
                .setLimit(MOST)
                .build();
        return calls.inBackground()
                .read(
                        "checkout.session.list",
                        (stripe, options) -> json(stripe.v1()
                                .checkout()
                                .sessions()
                                .list(params, options)
                                .getLastResponse()
                                .body()));
    }

    private static long since(Payment payment) {
        return payment.createdAt().minus(CLOCKS_DIFFER).getEpochSecond();
    }

    /** The answer as Stripe wrote it. */
    public static JsonNode json(StripeObjectInterface answer) {
        return json(answer.getLastResponse().body());
    }

    private static JsonNode json(String body) {
        return StripeJson.read(body.getBytes(StandardCharsets.UTF_8));
    }
}
