package io.tillstream.payment.payment;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.payment.payable.Failure;
import io.tillstream.payment.payable.Method;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.PaymentSearch;
import io.tillstream.payment.payable.PaymentStatus;
import io.tillstream.payment.payable.Payments;
import io.tillstream.payment.refund.Refunds;
import io.tillstream.web.Cursor;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import io.tillstream.web.Problem;
import io.tillstream.web.docs.AllowableValues;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Payments of all users, with what only operators need to know of them. */
@Tag(name = "Operators")
@RestController
class AdminPaymentController {

    private final PaymentSearch search;
    private final Payments payments;
    private final Refunds refunds;

    AdminPaymentController(PaymentSearch search, Payments payments, Refunds refunds) {
        this.search = search;
        this.payments = payments;
        this.refunds = refunds;
    }

    @Schema(name = "AdminPayment")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Shown(
            UUID id,
            String orderId,
            String userId,
            @AllowableValues(Method.class) String method,

            @Schema(description = "The exact status: users see less") @AllowableValues(PaymentStatus.class)
            String status,

            long amount,
            String currency,
            @Nullable String stripePaymentIntentId,
            @Nullable String stripeCheckoutSessionId,
            @Nullable Failure failure,

            @Schema(description = "Why the money goes back by itself") @AllowableValues(Payment.Surplus.class) @Nullable
            String surplus,

            Instant createdAt) {

        static Shown of(Payment payment) {
            return new Shown(
                    payment.id(),
                    payment.reference(),
                    payment.userId(),
                    payment.method().text(),
                    payment.status().text(),
                    payment.money().amount(),
                    payment.money().currency(),
                    payment.intentId(),
                    payment.sessionId(),
                    payment.failure(),
                    payment.surplus() == null ? null : payment.surplus().name().toLowerCase(Locale.ROOT),
                    payment.createdAt());
        }
    }

    @Operation(operationId = "searchPayments", summary = "Payments of all users, the newest first")
    @GetMapping("/api/admin/payments")
    Mono<Page<Shown>> list(
            @RequestParam(required = false) @Nullable String userId,
            @RequestParam(required = false) @Nullable String orderId,
            @RequestParam(required = false) @AllowableValues(PaymentStatus.class) @Nullable String status,
            @RequestParam(required = false) @Nullable String paymentIntent,
            @RequestParam(required = false) @Nullable String checkoutSession,
            @Parameter(hidden = true) Paging paging) {
        var words = new PaymentSearch.Words(userId, orderId, status(status), paymentIntent, checkoutSession);
        return search.page(words, paging).collectList().map(rows -> Page.of(
                        rows,
                        paging,
                        payment -> new Cursor(payment.createdAt(), payment.id().toString()))
                .map(Shown::of));
    }

    /** A move of a payment: what it became, from what, and why. */
    @Schema(name = "PaymentTimelineEntry")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Move(
            Instant at,
            @Schema(example = "2") int version,
            @Nullable @AllowableValues(PaymentStatus.class) String from,
            @AllowableValues(PaymentStatus.class) String to,

            @Schema(
                    example = "event:evt_3SbCdEfGhIjKlMnO",
                    description = "api, event:ID, event:drift_REPORT… of a repair, stripe:WHY where Stripe was read, or"
                            + " dismissal:REFUND WHY by WHO, an operator's word of one of its refunds")
            String cause) {

        static Move of(PaymentSearch.Move move) {
            return new Move(move.at(), move.version(), move.from(), move.to(), move.cause());
        }
    }

    @Schema(name = "AdminPaymentDetails")
    record Details(Shown payment, List<PaymentJson.RefundShown> refunds, List<Move> timeline) {}

    @Operation(operationId = "getAnyPayment", summary = "One payment of any user with its refunds and timeline")
    @GetMapping("/api/admin/payments/{id}")
    Mono<Details> one(@PathVariable UUID id) {
        return payments.find(id)
                .switchIfEmpty(Mono.error(Problem::notFound))
                .flatMap(payment -> Mono.zip(
                        refunds.ofPayment(id).map(PaymentJson.RefundShown::of).collectList(),
                        search.moves(id).map(Move::of).collectList(),
                        (back, moves) -> new Details(Shown.of(payment), back, moves)));
    }

    private static @Nullable PaymentStatus status(@Nullable String status) {
        try {
            return status == null ? null : PaymentStatus.valueOf(status.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("status", "is not a status of a payment");
        }
    }
}
