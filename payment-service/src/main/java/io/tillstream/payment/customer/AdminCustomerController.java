package io.tillstream.payment.customer;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.payment.card.Card;
import io.tillstream.web.Cursor;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Customers of all users. */
@Tag(name = "Operators")
@RestController
class AdminCustomerController {

    private final CustomerSearch search;

    AdminCustomerController(CustomerSearch search) {
        this.search = search;
    }

    @Schema(name = "AdminCustomer")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Shown(
            @Schema(description = "The user", example = "alice")
            String id,

            @Schema(example = "cus_SbCdEfGhIjKlMn") @Nullable
            String stripeCustomerId,

            @Schema(example = "Alice Liddell") @Nullable String name,

            @Schema(example = "alice@example.com") @Nullable String email,

            List<SavedCard> cards,
            @Nullable Instant registeredAt,
            Instant createdAt) {

        static Shown of(CustomerSearch.Found found) {
            return new Shown(
                    found.userId(),
                    found.stripeId(),
                    found.name(),
                    found.email(),
                    found.cards().stream().map(SavedCard::of).toList(),
                    found.registeredAt(),
                    found.createdAt());
        }

        @Override
        public String toString() {
            return "Shown[" + id + "]";
        }
    }

    @Schema(name = "AdminSavedCard")
    record SavedCard(
            @Schema(example = "pm_1SbCdEfGhIjKlMnO") String id,
            @Schema(example = "Visa •••• 4242") String displayName,
            @Schema(example = "12") int expMonth,
            @Schema(example = "2028") int expYear) {

        static SavedCard of(Card card) {
            return new SavedCard(
                    card.id(),
                    card.displayName(),
                    card.face().expMonth(),
                    card.face().expYear());
        }
    }

    @Operation(
            operationId = "searchCustomers",
            summary = "Customers of all users with their saved cards, the newest first")
    @GetMapping("/api/admin/customers")
    Mono<Page<Shown>> list(
            @RequestParam(required = false) @Nullable String userId,
            @RequestParam(required = false) @Nullable String stripeCustomerId,
            @RequestParam(required = false) @Nullable String email,
            @RequestParam(required = false) @Nullable String lastFour,
            @Parameter(hidden = true) Paging paging) {
        return search.page(new CustomerSearch.Words(userId, stripeCustomerId, email, lastFour), paging)
                .map(rows -> Page.of(rows, paging, found -> new Cursor(found.createdAt(), found.userId()))
                        .map(Shown::of));
    }
}
