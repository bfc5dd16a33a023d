package io.tillstream.payment.payment;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.refund.Refund;
import io.tillstream.payment.refund.RefundFlow;
import io.tillstream.payment.sessionkey.CheckoutSessionKeys;
import io.tillstream.payment.sessionkey.CheckoutSessionKeys.Mode;
import io.tillstream.payment.settlement.MetadataClaimVerifier;
import io.tillstream.stripeevents.DisputeState;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** For other services: pay, close, refund, look. The idempotency key is the id of the attempt or refund itself. */
@RestController
class InternalPaymentController {

    /** When the order was stored. A header, as a release that does not know it takes no field that it does not know. */
    private static final String ORDERED_AT = "Ordered-At";

    private final PaymentFlow flow;
    private final PaymentClosure closing;
    private final RefundFlow refunds;
    private final PayableReader view;
    private final MetadataClaimVerifier claims;
    private final CheckoutSessionKeys sessionKeys;

    InternalPaymentController(
            PaymentFlow flow,
            PaymentClosure closing,
            RefundFlow refunds,
            PayableReader view,
            MetadataClaimVerifier claims,
            CheckoutSessionKeys sessionKeys) {
        this.flow = flow;
        this.closing = closing;
        this.refunds = refunds;
        this.view = view;
        this.claims = claims;
        this.sessionKeys = sessionKeys;
    }

    record Closed(String reference, String status) {}

    /** Whether an object with our metadata was made or linked here. */
    record Claim(boolean ours) {}

    record RefundBody(
            @Nullable @Min(1) Long amount,
            @Nullable @Size(max = 255) String charge,

            @Nullable @Pattern(regexp = "requested_by_customer|duplicate|fraudulent")
            String reason,

            @Nullable @Size(max = 500) String note) {}

    record Refunded(
            UUID id,
            String status,
            long amount,
            String currency,
            @Nullable String stripeRefundId) {
        static Refunded of(Refund refund) {
            return new Refunded(
                    refund.id(),
                    refund.status().shown(),
                    refund.money().amount(),
                    refund.money().currency(),
                    refund.stripeId());
        }
    }

    /** {@code fresh}: as Stripe has it now; else Stripe was not asked, or did not answer. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record PayableShown(
            String reference,
            String status,
            @Nullable Long amount,
            @Nullable String currency,
            List<PaymentJson.Internal> payments,
            List<Refunded> refunds,
            List<DisputeState> disputes,
            boolean fresh) {}

    @PostMapping("/internal/checkout-sessions")
    Mono<ResponseEntity<PaymentJson.Internal>> open(
            @RequestHeader("Idempotency-Key") UUID attempt,
            @RequestHeader(name = ORDERED_AT, required = false) @Nullable Instant orderedAt,
            @Valid @RequestBody PaymentRequest request) {
        return sessionKeys.take(attempt, Mode.PAYMENT).then(Mono.defer(() -> pay(attempt, orderedAt, request)));
    }

    @PostMapping("/internal/payments")
    Mono<ResponseEntity<PaymentJson.Internal>> pay(
            @RequestHeader("Idempotency-Key") UUID attempt,
            @RequestHeader(name = ORDERED_AT, required = false) @Nullable Instant orderedAt,
            @Valid @RequestBody PaymentRequest request) {
        return flow.pay(request.order(attempt, orderedAt)).map(InternalPaymentController::answer);
    }

    private static ResponseEntity<PaymentJson.Internal> answer(PaymentResult asked) {
        PaymentStatus status = asked.payment().status();
        boolean open = status == PaymentStatus.INITIATED || status == PaymentStatus.UNKNOWN;
        return ResponseEntity.status(open ? 202 : 200).body(PaymentJson.Internal.of(asked));
    }

    @PostMapping("/internal/payables/{reference}/close")
    Mono<Closed> close(
            @PathVariable String reference,
            @RequestHeader(name = "Close-Reason", required = false) @Nullable String reason) {
        return closing.close(reference, CloseReason.of(reason)).map(status -> new Closed(reference, status));
    }

    @PostMapping("/internal/payables/{reference}/refunds")
    Mono<Refunded> refund(
            @PathVariable String reference,
            @RequestHeader("Idempotency-Key") UUID id,
            @Valid @RequestBody RefundBody wish) {
        return refunds.refund(new RefundFlow.RefundCommand(
                        id, reference, wish.amount(), wish.charge(), wish.reason(), wish.note()))
                .map(Refunded::of);
    }

    @GetMapping("/internal/payables/{reference}")
    Mono<PayableShown> payable(@PathVariable String reference, @RequestParam(defaultValue = "false") boolean refresh) {
        return view.show(reference, refresh);
    }

    @GetMapping("/internal/payables/{reference}/intents/{intent}")
    Mono<PaymentJson.Internal> intent(@PathVariable String reference, @PathVariable String intent) {
        return view.intent(reference, intent);
    }

    @GetMapping("/internal/payables/{reference}/claims/{object}")
    Mono<Claim> claim(
            @PathVariable String reference,
            @PathVariable String object,
            @RequestParam(required = false) @Nullable String attempt,
            @RequestParam(required = false) @Nullable String customer) {
        return claims.areOurs(reference, object, attempt, customer).map(Claim::new);
    }
}
