package io.tillstream.gateway.config;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.gateway.GatewaySettings;
import io.tillstream.web.money.Currencies;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What a page needs to know before anything else. */
@RestController
@Tag(name = "Configuration")
class ConfigController {

    private static final List<String> METHODS = List.of("payment_element", "saved_card", "card", "token", "checkout");

    private final Config config;

    ConfigController(GatewaySettings settings) {
        GatewaySettings.Stripe stripe = settings.stripe();
        this.config = new Config(
                stripe.publishableKey(),
                stripe.jsUrl().toString(),
                stripe.apiVersion(),
                Currencies.codes(),
                settings.identityUrl(),
                settings.webClientId(),
                new Features(METHODS, settings.services().hasSubscriptions()));
    }

    /**
     * @param publishableKey for Stripe.js
     * @param stripeJsUrl the script to load, from nowhere else
     * @param currencies that prices can be in
     * @param issuer where users log in
     * @param clientId as which pages ask the issuer for tokens
     */
    record Config(
            @Schema(example = "pk_test_51SbCdEfGhIjKlMnO") String publishableKey,
            @Schema(example = "https://js.stripe.com/v3/") String stripeJsUrl,
            @Schema(example = "2026-07-29.dahlia") String stripeApiVersion,

            @Schema(example = "[\"usd\", \"eur\", \"jpy\"]") List<String> currencies,

            @Schema(example = "https://login.example.com") String issuer,
            @Schema(example = "tillstream-web") String clientId,
            Features features) {}

    /**
     * @param paymentMethods values of {@code payment.method} that are taken
     * @param subscriptions whether plans can be subscribed to
     */
    @Schema(name = "ConfigFeatures")
    record Features(
            @Schema(example = "[\"payment_element\", \"saved_card\", \"card\"]")
            List<String> paymentMethods,

            boolean subscriptions) {}

    @GetMapping("/api/config")
    @Operation(
            operationId = "getConfig",
            summary = "Publishable key, currencies, Stripe API version, features that are on")
    Mono<Config> config() {
        return Mono.just(config);
    }
}
