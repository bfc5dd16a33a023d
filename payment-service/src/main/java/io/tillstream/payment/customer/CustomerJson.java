package io.tillstream.payment.customer;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.web.address.AddressWithPostalCode;
import io.tillstream.web.address.PostalCodeWhereNeeded;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The JSON of customers. */
final class CustomerJson {

    private CustomerJson() {}

    @Schema(name = "CustomerRegistration")
    record Registration(
            @Schema(example = "Alice Liddell") @NotBlank @Size(max = 256)
            String name,

            @Schema(example = "alice@example.com") @NotBlank @Email @Size(max = 512)
            String email,

            @Valid @Nullable Home address) {

        CustomerDetails details() {
            return new CustomerDetails(email, name, address == null ? null : address.address());
        }

        @Override
        public String toString() {
            return "Registration[...]";
        }
    }

    /** What is left out stays as it is. */
    @Schema(name = "CustomerChange")
    record Change(
            @Schema(example = "Alice Hargreaves") @Nullable @Size(min = 1, max = 256)
            String name,

            @Schema(example = "alice@example.org") @Nullable @Email @Size(min = 3, max = 512)
            String email,

            @Valid @Nullable Home address) {

        CustomerDetails details() {
            return new CustomerDetails(email, name, address == null ? null : address.address());
        }

        @Override
        public String toString() {
            return "Change[...]";
        }
    }

    @Schema(name = "AddressRequest")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @PostalCodeWhereNeeded
    record Home(
            @Schema(example = "1 Rabbit Hole") @NotBlank @Size(max = 200)
            String line1,

            @Nullable @Size(max = 200) String line2,

            @Schema(example = "Oxford") @NotBlank @Size(max = 100)
            String city,

            @Schema(example = "Oxfordshire") @Nullable @Size(max = 100)
            String state,

            @Schema(example = "OX1 1AA", description = "Left out where a country has none") @Nullable @Size(max = 20)
            String postalCode,

            @Schema(example = "GB")
            @NotNull
            @Pattern(regexp = "[A-Z]{2}", message = "must be a two-letter country code")
            String country)
            implements AddressWithPostalCode {

        Address address() {
            return new Address(line1, line2, city, state, postalCode, country);
        }

        @Override
        public String toString() {
            return "Home[...]";
        }
    }

    @Schema(name = "Customer")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record View(
            @Schema(description = "The user", example = "alice")
            String id,

            @Schema(example = "Alice Liddell") @Nullable String name,

            @Schema(example = "alice@example.com") @Nullable String email,

            @Nullable Address address,

            @Schema(example = "pm_1SbCdEfGhIjKlMnO") @Nullable
            String defaultPaymentMethodId,

            @Nullable Instant registeredAt) {

        static View of(Customer customer) {
            CustomerDetails details = customer.details();
            return new View(
                    customer.userId(),
                    details.name(),
                    details.email(),
                    details.address(),
                    customer.defaultCard(),
                    customer.registeredAt());
        }

        @Override
        public String toString() {
            return "View[" + id + "]";
        }
    }
}
