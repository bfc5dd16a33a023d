package io.tillstream.order.catalog;

import io.swagger.v3.oas.annotations.media.Schema;
import io.tillstream.events.Money;
import io.tillstream.web.Problem;
import io.tillstream.web.money.Currencies;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The catalog's JSON. */
final class ProductJson {

    private ProductJson() {}

    @Schema(name = "Product")
    record Output(
            @Schema(example = "tidal-maps") String id,
            @Schema(example = "Tidal Maps") String name,

            @Schema(example = "Charts of coasts that come and go.")
            String description,

            Money price,
            boolean active,
            @Nullable String imageUrl) {

        static Output of(Product product) {
            return new Output(
                    product.id(),
                    product.name(),
                    product.description(),
                    product.price(),
                    product.active(),
                    product.imageUrl());
        }
    }

    @Schema(name = "ProductPrice")
    record Price(
            @NotNull @Min(1) @Schema(example = "3950") Long amount,

            @NotBlank @Pattern(regexp = "[a-z]{3}") @Schema(example = "usd")
            String currency) {}

    /** {@code id} only when a product is added; without one it is made from the name. */
    @Schema(name = "ProductRequest")
    record Input(
            @Nullable
            @Size(max = 60)
            @Pattern(regexp = "(?!.*--)[a-z0-9][a-z0-9-]*(?<!-)")
            @Schema(example = "tidal-maps")
            String id,

            @NotBlank @Size(max = 200) @Schema(example = "Tidal Maps")
            String name,

            @NotBlank @Size(max = 2000) @Schema(example = "Charts of coasts that come and go.")
            String description,

            @NotNull @Valid Price price,
            @Nullable Boolean active,

            @Nullable @Size(max = 2000) @Pattern(regexp = "https://.+")
            String imageUrl) {

        boolean isActive() {
            return active == null || active;
        }

        String slug() {
            if (id != null) {
                return id;
            }
            String slug =
                    name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
            if (slug.isEmpty()) {
                throw Problem.invalid("id", "is needed, as none can be made from the name");
            }
            return slug.length() > 60 ? slug.substring(0, 60).replaceAll("-$", "") : slug;
        }

        Input checked() {
            if (!Currencies.isSupported(price.currency())) {
                throw Problem.invalid("price.currency", "is not a currency that can be paid in");
            }
            Currencies.fault(price.amount(), price.currency()).ifPresent(why -> {
                throw Problem.invalid("price.amount", why);
            });
            return this;
        }
    }
}
