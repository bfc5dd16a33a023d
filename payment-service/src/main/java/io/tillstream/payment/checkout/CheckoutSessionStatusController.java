package io.tillstream.payment.checkout;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.payment.customer.StripeTimeLimiter;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.Payments;
import io.tillstream.payment.paymentmethod.CheckoutSessionReader;
import io.tillstream.payment.settlement.PaymentRefetch;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.CheckoutSessionState;
import io.tillstream.stripeevents.StripeJson;
import io.tillstream.web.Caller;
import io.tillstream.web.Problem;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** How a Checkout Session stands when its buyer comes back, which is often before any event. */
@Tag(name = "Checkout")
@RestController
class CheckoutSessionStatusController {

    private final Payments payments;
    private final PaymentRefetch refetched;
    private final CheckoutSessionReader others;

    CheckoutSessionStatusController(Payments payments, PaymentRefetch refetched, CheckoutSessionReader others) {
        this.payments = payments;
        this.refetched = refetched;
        this.others = others;
    }

    @Schema(name = "CheckoutSessionStatus")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Shown(
            @Schema(example = "cs_test_a1SbCdEfGhIjKlMnO") String id,

            @Schema(allowableValues = {"payment", "setup", "subscription"})
            String mode,

            @Schema(allowableValues = {"open", "complete", "expired"})
            String status,

            @Schema(allowableValues = {"paid", "unpaid", "no_payment_required"})
            String paymentStatus,

            @Nullable String orderId,
            @Nullable UUID paymentId,

            @Schema(description = "Of mode subscription: its `/settlement` says when it runs") @Nullable
            String subscriptionId,

            @Schema(
                    allowableValues = {"succeeded", "processing", "action_required", "failed"},
                    description = "Of the payment")
            @Nullable
            String payment) {}

    @Operation(operationId = "getCheckoutSession", summary = "Status of one of your sessions, read from Stripe")
    @GetMapping("/api/checkout/sessions/{id}")
    Mono<Shown> session(@Parameter(hidden = true) Caller caller, @PathVariable String id) {
        return payments.findBySession(id)
                .filter(payment -> payment.userId().equals(caller.userId()))
                .flatMap(payment -> refetched
                        .refresh(payment, "api:return")
                        .map(PaymentRefetch.Read::payment)
                        .onErrorReturn(StripeUnavailable.class, payment))
                .map(CheckoutSessionStatusController::shown)
                .switchIfEmpty(Mono.defer(() -> withoutPayment(caller, id)));
    }

    /** Sessions that save a card or begin a subscription have no payment of ours; Stripe alone knows them. */
    private Mono<Shown> withoutPayment(Caller caller, String id) {
        return StripeTimeLimiter.on(others.read(caller.userId(), id))
                .filter(session -> !"payment".equals(StripeJson.text(session, "mode")))
                .map(session -> new Shown(
                        id,
                        String.valueOf(StripeJson.text(session, "mode")),
                        String.valueOf(StripeJson.text(session, "status")),
                        String.valueOf(StripeJson.text(session, "payment_status")),
                        null,
                        null,
                        StripeJson.metadata(session, "subscription_id"),
                        null))
                .switchIfEmpty(Mono.error(Problem::notFound));
    }

    private static Shown shown(Payment payment) {
        CheckoutSessionState session = payment.known().session();
        if (session == null) {
            throw Problem.notFound();
        }
        return new Shown(
                session.id(),
                session.mode(),
                session.status(),
                session.paymentStatus(),
                payment.reference(),
                payment.id(),
                null,
                payment.status().shown());
    }
}
