package io.tillstream.subscription.moneyback;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.events.Money;
import io.tillstream.web.Caller;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Problem;
import io.tillstream.web.money.Currencies;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Operators give back what was paid for an invoice. */
@Tag(name = "Operators")
@RestController
class RefundController {

    private final RefundFlow flow;

    RefundController(RefundFlow flow) {
        this.flow = flow;
    }

    @Schema(name = "InvoiceRefundRequest")
    record Request(
            @Schema(description = "In the currency's smallest unit; left out: all that is left", example = "100")
            @Nullable
            @Min(1)
            @Max(Currencies.MOST_OF_ALL)
            Long amount,

            @Nullable
            @Pattern(regexp = "duplicate|fraudulent|requested_by_customer")
            @Schema(allowableValues = {"duplicate", "fraudulent", "requested_by_customer"})
            String reason) {}

    /** A refund that was begun; the invoice and access follow it. */
    @Schema(name = "InvoiceRefund")
    record Shown(
            UUID id,
            @Schema(example = "in_1SbCdEfGhIjKlMnO") String invoiceId,

            @Schema(
                    description = "processing: Stripe has not answered, and is asked until it has",
                    allowableValues = {"processing", "done", "flagged", "dismissed"})
            String status,

            Money amount) {

        static Shown of(InvoiceRefund refund) {
            String status = refund.status() == InvoiceRefund.Status.ASKED
                    ? "processing"
                    : refund.status().name().toLowerCase(Locale.ROOT);
            return new Shown(refund.id(), refund.invoiceId(), status, refund.money());
        }
    }

    @Operation(
            operationId = "refundInvoice",
            summary = "Gives money of an invoice back, all or part (operators)",
            description = "Never more than was paid for it. Access follows by the dunning policy (`refunded`).")
    @ApiResponse(responseCode = "201", description = "Given back, or on its way")
    @ApiResponse(
            responseCode = "409",
            description =
                    "`not-paid`, `refund-exceeds-paid`, `payment-disputed`, `refund-refused`, `change-in-progress`: of its subscription")
    @PostMapping("/api/admin/invoices/{id}/refunds")
    @Idempotent(idIn = "invoice_refunds.id")
    @ResponseStatus(HttpStatus.CREATED)
    Mono<Shown> refund(
            @Parameter(hidden = true) Caller caller,
            @Parameter(hidden = true) IdempotencyKey key,
            @PathVariable String id,
            @Valid @RequestBody Request request) {
        if (!caller.isOperator()) {
            throw Problem.forbidden();
        }
        return flow.refund(new RefundFlow.RefundCommand(key.id(), id, request.amount(), request.reason()))
                .map(Shown::of);
    }
}
