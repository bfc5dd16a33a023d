package io.tillstream.payment.refund;

import com.stripe.param.RefundCreateParams;
import com.stripe.param.RefundListParams;
import io.tillstream.payment.payable.Payment;
import io.tillstream.stripe.ExpectedValues;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeSettings;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Refunds at Stripe. */
@Component
public class StripeRefunds {

    /** Our id of a refund in Stripe's metadata. */
    public static final String OUR_ID = "refund_id";

    private static final Duration LATER = Duration.ofSeconds(30);
    private static final long MOST = 100; // one page; a payment with more refunds than that is read by its events

    private final StripeCalls calls;
    private final String environment;

    StripeRefunds(StripeCalls calls, StripeSettings settings) {
        this.calls = calls;
        this.environment = settings.environment();
    }

    Mono<StripeResult<JsonNode>> create(Payment payment, Refund refund, boolean background) {
        var params = RefundCreateParams.builder()
                .setPaymentIntent(payment.intentId())
                .setAmount(refund.money().amount())
                .setReason(reason(refund.reason()))
                .putMetadata("order_id", payment.reference())
                .putMetadata("attempt_id", payment.id().toString())
                .putMetadata("env", environment)
                .putMetadata(OUR_ID, refund.id().toString())
                .build();
        StripeCalls through = background ? calls.inBackground() : calls;
        String key = refund.stripeAttempt() == 0 ? refund.id().toString() : refund.id() + "." + refund.stripeAttempt();
        ExpectedValues asked = ExpectedValues.of("currency", refund.money().currency())
                .and("amount", refund.money().amount())
                .and("payment_intent", String.valueOf(payment.intentId()));
        return through.write(
                        "refund.create",
                        key,
                        (stripe, options) -> stripe.v1().refunds().create(params, options),
                        asked)
                .map(answer -> answer.map(made -> json(made.getLastResponse().body())));
    }

    /**
     * Every refund of an intent; empty where Stripe knows no such intent. Errors with {@link StripeUnavailable} after any other
     * no, which says nothing about its refunds: what is not listed counts as not made.
     */
    Mono<List<JsonNode>> ofIntent(String intentId) {
        return pageOfIntent(intentId)
                .map(answer -> answer.fold(
                        StripeRefunds::data,
                        no -> {
                            throw notListed(no);
                        },
                        no -> {
                            if (no.missing("payment_intent")) {
                                return List.of();
                            }
                            throw notListed(no);
                        }));
    }

    private static StripeUnavailable notListed(StripeResult<JsonNode> no) {
        return new StripeUnavailable("Stripe does not list: " + no, LATER, null);
    }

    /** Stripe's list of an intent's refunds. */
    public Mono<StripeResult<JsonNode>> pageOfIntent(String intentId) {
        var params = RefundListParams.builder()
                .setPaymentIntent(intentId)
                .setLimit(MOST)
                .build();
        return calls.inBackground()
                .read(
                        "refund.list",
                        (stripe, options) -> json(stripe.v1()
                                .refunds()
                                .list(params, options)
                                .getLastResponse()
                                .body()));
    }

    private static List<JsonNode> data(JsonNode page) {
        return page.get("data").valueStream().toList();
    }

    private static JsonNode json(String body) {
        return StripeJson.read(body.getBytes(StandardCharsets.UTF_8));
    }

    private static RefundCreateParams.@Nullable Reason reason(@Nullable String reason) {
        return reason == null ? null : RefundCreateParams.Reason.valueOf(reason.toUpperCase(Locale.ROOT));
    }
}
