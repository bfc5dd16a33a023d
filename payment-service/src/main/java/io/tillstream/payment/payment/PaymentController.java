package io.tillstream.payment.payment;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.payment.payable.Payment;
import io.tillstream.payment.payable.Payments;
import io.tillstream.payment.refund.Refund;
import io.tillstream.payment.refund.Refunds;
import io.tillstream.web.Caller;
import io.tillstream.web.Cursor;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import io.tillstream.web.Problem;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** A user's own payments. */
@Tag(name = "Payments")
@RestController
class PaymentController {

    private final Payments payments;
    private final Refunds refunds;

    PaymentController(Payments payments, Refunds refunds) {
        this.payments = payments;
        this.refunds = refunds;
    }

    @Operation(operationId = "listPayments", summary = "Your payments, the newest first, with refunds and receipts")
    @GetMapping("/api/payments")
    Mono<Page<PaymentJson.Public>> list(
            @Parameter(hidden = true) Caller caller,
            @Parameter(description = "Of one of your orders only") @RequestParam(required = false) @Nullable
                    String orderId,
            @Parameter(hidden = true) Paging paging) {
        return payments.page(caller.userId(), orderId, paging)
                .collectList()
                .map(rows -> Page.of(
                        rows,
                        paging,
                        payment -> new Cursor(payment.createdAt(), payment.id().toString())))
                .flatMap(this::withRefunds);
    }

    @Operation(operationId = "getPayment", summary = "One of your payments")
    @GetMapping("/api/payments/{id}")
    Mono<PaymentJson.Public> one(@Parameter(hidden = true) Caller caller, @PathVariable String id) {
        return payments.find(uuid(id))
                .filter(payment -> payment.userId().equals(caller.userId()))
                .switchIfEmpty(Mono.error(Problem::notFound))
                .flatMap(payment -> refunds.ofPayment(payment.id())
                        .collectList()
                        .map(back -> PaymentJson.Public.of(payment, back)));
    }

    private Mono<Page<PaymentJson.Public>> withRefunds(Page<Payment> page) {
        List<UUID> ids = page.data().stream().map(Payment::id).toList();
        return refunds.ofPayments(ids)
                .collectList()
                .map(all -> all.stream().collect(Collectors.groupingBy(Refund::paymentId)))
                .map(byPayment -> page.map(payment -> shown(payment, byPayment)));
    }

    private static PaymentJson.Public shown(Payment payment, Map<UUID, List<Refund>> refunds) {
        return PaymentJson.Public.of(payment, refunds.getOrDefault(payment.id(), List.of()));
    }

    private static UUID uuid(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw Problem.notFound();
        }
    }
}
