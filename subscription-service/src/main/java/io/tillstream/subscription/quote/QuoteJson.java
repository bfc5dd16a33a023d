package io.tillstream.subscription.quote;

import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.events.Money;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Quotes as people ask for them and see them. */
final class QuoteJson {

    private QuoteJson() {}

    /** The wish; what is left out stays. */
    @Schema(name = "QuoteRequest")
    record QuoteRequest(
            @Nullable @Size(min = 1, max = 100) @Schema(example = "pro-monthly")
            String planId,

            @Nullable @Min(1) @Max(1_000_000) Integer quantity) {}

    /**
     * The answer.
     *
     * @param total below zero where the rest of the old plan is worth more
     * @param amountDueNow what is taken when the change is made, after the credit that you have
     * @param creditGiven what stays with you, for the invoices to come
     */
    @Schema(name = "Quote")
    record View(
            UUID subscriptionId,
            String planId,
            int quantity,
            String currency,
            List<Line> lines,
            Money total,
            Money amountDueNow,
            Money creditGiven,
            Instant prorationDate,
            Instant expiresAt,

            @Schema(description = "To be sent to `/change` as it is", example = "q1.eyJpZCI6.c2lnbmF0dXJl")
            String quote) {

        static View of(QuoteFlow.Quoted quoted) {
            Quote quote = quoted.quote();
            String currency = quote.currency();
            return new View(
                    quote.subscriptionId(),
                    quote.planId(),
                    quote.quantity(),
                    currency,
                    quoted.preview().lines().stream()
                            .map(line -> Line.of(line, currency))
                            .toList(),
                    new Money(quote.total(), currency),
                    new Money(quote.amountDue(), currency),
                    new Money(Math.max(0, -quote.total()), currency),
                    Instant.ofEpochSecond(quote.prorationDate()),
                    quote.expiresAt(),
                    quoted.sealed());
        }
    }

    @Schema(name = "QuoteLine")
    record Line(String description, Money amount, boolean proration, Instant periodStart, Instant periodEnd) {
        static Line of(Preview.Line line, String currency) {
            return new Line(
                    line.description(), new Money(line.amount(), currency), line.proration(), line.from(), line.to());
        }
    }
}
