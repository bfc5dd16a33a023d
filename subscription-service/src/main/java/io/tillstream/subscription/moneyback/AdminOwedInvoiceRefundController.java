package io.tillstream.subscription.moneyback;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.events.Money;
import io.tillstream.web.Cursor;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What the shop owes of invoices that were paid too late, and could not give back yet. */
@Tag(name = "Operators")
@RestController
class AdminOwedInvoiceRefundController {

    private final OwedInvoiceRefunds owed;

    AdminOwedInvoiceRefundController(OwedInvoiceRefunds owed) {
        this.owed = owed;
    }

    @Schema(name = "OwedInvoiceRefund")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Shown(
            UUID id,
            @Schema(example = "in_1SbCdEfGhIjKlMnO") String invoiceId,
            UUID subscriptionId,
            Money amount,

            @Schema(example = "balance_insufficient", description = "Stripe's last word") @Nullable
            String reason,

            @Schema(
                    example = "no_single_payment",
                    description = "Why a person has to look at it; without it, it is tried again by itself")
            @Nullable
            String attention,

            Instant createdAt) {}

    @Operation(
            operationId = "listOwedInvoiceRefunds",
            summary = "Money of invoices that is owed back and not given back yet, the newest first (operators)",
            description =
                    "What was paid after its subscription had ended. It is tried again by itself where that can help."
                            + " A refund of the invoice by you, or at Stripe's dashboard, settles it.")
    @GetMapping("/api/admin/invoices/owed-refunds")
    Mono<Page<Shown>> owed(
            @Parameter(description = "Only what a person has to look at") @RequestParam(defaultValue = "false")
                    boolean attention,
            @Parameter(hidden = true) Paging paging) {
        return owed.page(attention, paging)
                .collectList()
                .map(rows -> Page.of(
                        rows,
                        paging,
                        shown -> new Cursor(shown.createdAt(), shown.id().toString())));
    }
}
