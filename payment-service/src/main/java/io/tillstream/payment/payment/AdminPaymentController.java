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
import io.tillstream.web.Cursor;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import io.tillstream.web.Problem;
import io.tillstream.web.docs.OneOf;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Payments of all users, with what only operators need to know of them. */
@Tag(name = "Operators")
@RestController
class AdminPaymentController {

    private final PaymentSearch search;

    AdminPaymentController(PaymentSearch search) {
        this.search = search;
    }

    @Schema(name = "AdminPayment")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Shown(
            UUID id,
            String orderId,
            String userId,
            @OneOf(Method.class) String method,

            @Schema(description = "The exact status: users see less") @OneOf(PaymentStatus.class)
            String status,

            long amount,
            String currency,
            @Nullable String stripePaymentIntentId,
            @Nullable String stripeCheckoutSessionId,
            @Nullable Failure failure,

            @Schema(description = "Why the money goes back by itself") @OneOf(Payment.Surplus.class) @Nullable
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
            @RequestParam(required = false) @OneOf(PaymentStatus.class) @Nullable String status,
            @Parameter(hidden = true) Paging paging) {
        return search.page(userId, orderId, status(status), paging)
                .collectList()
                .map(rows -> Page.of(
                                rows,
                                paging,
                                payment -> new Cursor(
                                        payment.createdAt(), payment.id().toString()))
                        .map(Shown::of));
    }

    private static @Nullable PaymentStatus status(@Nullable String status) {
        try {
            return status == null ? null : PaymentStatus.valueOf(status.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("status", "is not a status of a payment");
        }
    }
}
