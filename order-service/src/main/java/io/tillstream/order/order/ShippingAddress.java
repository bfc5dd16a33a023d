package io.tillstream.order.order;

import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.events.OrderEvent;
import io.tillstream.web.address.AddressWithPostalCode;
import io.tillstream.web.address.PostalCodeWhereNeeded;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/** Where the goods go. {@code country} is an ISO 3166-1 alpha-2 code. */
@PostalCodeWhereNeeded
public record ShippingAddress(
        @NotBlank @Size(max = 200) @Schema(example = "Alice Liddell")
        String name,

        @NotBlank @Size(max = 200) String line1,
        @Nullable @Size(max = 200) String line2,
        @NotBlank @Size(max = 100) String city,

        @Nullable @Size(max = 100) @Schema(example = "Oxfordshire")
        String state,

        @Nullable @Size(max = 20) @Schema(example = "OX1 1AA", description = "Left out where a country has none")
        String postalCode,

        @NotBlank @Pattern(regexp = "[A-Z]{2}") String country)
        implements AddressWithPostalCode {

    /** As other systems are told of it. */
    public OrderEvent.Address told() {
        return new OrderEvent.Address(name, line1, line2, city, state, postalCode, country);
    }
}
