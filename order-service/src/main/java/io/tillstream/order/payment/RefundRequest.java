package io.tillstream.order.payment;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** What to give back; without an amount all that is left. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RefundRequest(
        @Nullable Long amount,
        @Nullable String charge,
        @Nullable String reason,
        @Nullable String note) {}
