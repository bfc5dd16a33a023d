package io.tillstream.payment.customer;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.stripeevents.StripeJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Where a customer lives; {@code country} is an ISO 3166-1 alpha-2 code. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Address(
        @Nullable String line1,
        @Nullable String line2,
        @Nullable String city,
        @Schema(example = "Oxfordshire") @Nullable String state,
        @Nullable String postalCode,
        @Nullable String country) {

    /** Stripe's form of it; null where it says nothing. */
    static @Nullable Address read(@Nullable JsonNode address) {
        if (address == null || !address.isObject()) {
            return null;
        }
        Address read = new Address(
                part(address, "line1"),
                part(address, "line2"),
                part(address, "city"),
                part(address, "state"),
                part(address, "postal_code"),
                part(address, "country"));
        return read.equals(new Address(null, null, null, null, null, null)) ? null : read;
    }

    private static @Nullable String part(JsonNode address, String field) {
        String text = StripeJson.text(address, field);
        return text == null || text.isEmpty() ? null : text;
    }
}
