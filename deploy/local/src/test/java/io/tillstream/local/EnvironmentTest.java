package io.tillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentTest {
    @TempDir
    Path folder;

    private final LocalSettings settings = LocalSettings.standard().withPort(Part.POSTGRESQL, 5555);

    @Test
    void aServiceIsToldItsDatabaseAndItsOwnSecret() {
        assertThat(of(settings, Part.ORDER_SERVICE))
                .containsEntry("DB_URL", "postgresql://127.0.0.1:5555/orders")
                .containsEntry("SERVICE_CLIENT_ID", "order-service")
                .containsEntry("SERVICE_CLIENT_SECRET", "local-order-service-secret")
                .containsEntry("DB_USER", "orders")
                .containsEntry("DB_PASSWORD", "local-orders-password")
                .containsEntry("PAYMENT_SERVICE_URL", "http://127.0.0.1:8082")
                .containsEntry("SERVER_PORT", "8081");
    }

    @Test
    void subscriptionsAreFoundByTheGatewayAndFindCustomersAndStripe() {
        assertThat(of(settings, Part.GATEWAY)).containsEntry("SUBSCRIPTION_SERVICE_URL", "http://127.0.0.1:8083");
        assertThat(of(settings, Part.SUBSCRIPTION_SERVICE))
                .containsEntry("DB_URL", "postgresql://127.0.0.1:5555/subscriptions")
                .containsEntry("PAYMENT_SERVICE_URL", "http://127.0.0.1:8082")
                .containsEntry("STRIPE_API_BASE", "http://127.0.0.1:12111")
                .containsEntry("STRIPE_SECRET_KEY", Environment.SIMULATOR_SECRET_KEY)
                .containsEntry("SERVICE_CLIENT_ID", "subscription-service")
                .containsEntry("SERVICE_CLIENT_SECRET", "local-subscription-service-secret");
    }

    @Test
    void withTheSimulatorNobodyCallsStripe() {
        assertThat(of(settings, Part.PAYMENT_SERVICE))
                .containsEntry("STRIPE_API_BASE", "http://127.0.0.1:12111")
                .containsEntry("STRIPE_JS_URL", "http://127.0.0.1:12111/v3/");
    }

    @Test
    void withoutTheSimulatorStripesAddressIsLeftToTheServices() {
        assertThat(of(settings.without(Part.STRIPE_SIMULATOR), Part.PAYMENT_SERVICE))
                .doesNotContainKeys("STRIPE_API_BASE", "STRIPE_JS_URL");
    }

    @Test
    void theSimulatorSignsWithTheSecretThatIngestKnowsAlsoAfterARestart() {
        String secret = of(settings, Part.STRIPE_SIMULATOR).get("SIMULATOR_WEBHOOK_SECRET");

        assertThat(secret).startsWith("whsec_");
        assertThat(of(settings, Part.WEBHOOK_INGEST)).containsEntry("STRIPE_WEBHOOK_SECRET", secret);
    }

    @Test
    void aSettingForOnePartWinsOverThatForAll() {
        LocalSettings changed = settings.with("TILLSTREAM_ENV", "all").with(Part.GATEWAY, "TILLSTREAM_ENV", "one");

        assertThat(of(changed, Part.GATEWAY)).containsEntry("TILLSTREAM_ENV", "one");
        assertThat(of(changed, Part.ORDER_SERVICE)).containsEntry("TILLSTREAM_ENV", "all");
    }

    @Test
    void aGatewayOnAnotherPortIsAnAllowedOrigin() {
        assertThat(of(settings.withPort(Part.GATEWAY, 8090), Part.ORDER_SERVICE).get("ALLOWED_ORIGINS"))
                .contains("http://127.0.0.1:8090", "http://localhost:8090", "http://localhost:5173")
                .doesNotContain(":8080");
    }

    /** A page that is written beside the shop runs on its tool's own server: those of the two usual ports may call us. */
    @Test
    void pagesUnderDevelopmentAreAllowedOriginsInBothSpellings() {
        assertThat(of(settings, Part.GATEWAY).get("ALLOWED_ORIGINS").split(","))
                .contains(
                        "http://localhost:3000",
                        "http://127.0.0.1:3000",
                        "http://localhost:5173",
                        "http://127.0.0.1:5173");
    }

    private Map<String, String> of(LocalSettings changed, Part part) {
        return new Environment(changed, new Folders(folder)).of(part);
    }
}
