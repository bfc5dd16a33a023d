package io.tillstream.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

/** The settings that each part is started with. */
final class Environment {
    /** Keys of the simulator: the ones it takes unless told otherwise. */
    static final String SIMULATOR_SECRET_KEY = "sk_test_tillstream";

    private static final String SIMULATOR_PUBLISHABLE_KEY = "pk_test_tillstream";

    private final LocalSettings settings;
    private final Folders folders;

    Environment(LocalSettings settings, Folders folders) {
        this.settings = settings;
        this.folders = folders;
    }

    Map<String, String> of(Part part) {
        Map<String, String> all = new LinkedHashMap<>(common());
        // Reachable from this machine only, unless somebody says otherwise.
        all.put("SERVER_ADDRESS", "127.0.0.1");
        // No load balancer has to notice that a service goes away.
        all.put("SHUTDOWN_DELAY", "0s");
        all.put("STRIPE_LIVEMODE", Boolean.toString(isLive()));
        all.putAll(addresses());
        if (!settings.usesRealStripe()) {
            all.put("STRIPE_API_BASE", address(Part.STRIPE_SIMULATOR));
            all.put("STRIPE_JS_URL", address(Part.STRIPE_SIMULATOR) + "/v3/");
            all.put("STRIPE_SECRET_KEY", SIMULATOR_SECRET_KEY);
            all.put("STRIPE_PUBLISHABLE_KEY", SIMULATOR_PUBLISHABLE_KEY);
        }
        // What the person's shell says about these wins over the defaults above.
        all.replaceAll((name, value) -> fromShell(name, value));
        all.putAll(settings.environment());
        all.put("SERVER_PORT", Integer.toString(settings.port(part)));
        part.database().ifPresent(name -> all.put("DB_URL", databaseUrl(name)));
        all.putAll(own(part));
        all.keySet().removeIf(name -> Secrets.isSecret(name) && !Secrets.isFor(part, name));
        all.putAll(settings.extra().getOrDefault(part, Map.of()));
        return all;
    }

    private String fromShell(String name, String value) {
        boolean fixed = name.endsWith("_URL") || name.equals("OIDC_ISSUER") || isStripe(name);
        String said = System.getenv(name);
        return fixed || said == null ? value : said;
    }

    /** With the simulator, keys of the real Stripe that happen to be in the shell must not come in between. */
    private boolean isStripe(String name) {
        return name.startsWith("STRIPE_") && !settings.usesRealStripe();
    }

    boolean isLive() {
        String key =
                settings.usesRealStripe() ? Secrets.in(System.getenv(), "STRIPE_SECRET_KEY") : SIMULATOR_SECRET_KEY;
        return key.matches("[rs]k_live_.*");
    }

    private Map<String, String> addresses() {
        Map<String, String> addresses = new LinkedHashMap<>();
        for (Part part : Part.values()) {
            part.addressSetting().ifPresent(name -> addresses.put(name, address(part)));
        }
        addresses.put("OIDC_ISSUER", address(Part.IDENTITY));
        int gateway = settings.port(Part.GATEWAY);
        if (gateway != Part.GATEWAY.defaultPort()) {
            String usual = ":" + Part.GATEWAY.defaultPort();
            addresses.put(
                    "ALLOWED_ORIGINS",
                    Objects.requireNonNull(common().get("ALLOWED_ORIGINS")).replace(usual, ":" + gateway));
        }
        addresses.put("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + settings.port(Part.KAFKA));
        return addresses;
    }

    private Map<String, String> own(Part part) {
        return switch (part) {
            case IDENTITY ->
                Map.of("IDENTITY_KEY_FOLDER", folders.work(Part.IDENTITY).toString());
            case STRIPE_SIMULATOR ->
                Map.of(
                        "SIMULATOR_DATA",
                                folders.work(Part.STRIPE_SIMULATOR)
                                        .resolve("account")
                                        .toString(),
                        "SIMULATOR_PUBLIC_URL", address(Part.STRIPE_SIMULATOR),
                        "SIMULATOR_WEBHOOK_URL", webhookUrl(),
                        "SIMULATOR_WEBHOOK_SECRET", webhookSecret());
            case WEBHOOK_INGEST ->
                settings.usesRealStripe() ? Map.of() : Map.of("STRIPE_WEBHOOK_SECRET", webhookSecret());
            case SUBSCRIPTION_SERVICE ->
                with(
                        file(part),
                        "QUOTE_SECRET",
                        KeptSecret.in(folders.work(part).resolve("quote-secret"), ""));
            case PAYMENT_SERVICE ->
                settings.usesRealStripe() ? file(part) : with(file(part), "WEBHOOK_PUBLIC_URL", webhookUrl());
            case ORDER_SERVICE -> file(part);
            case GATEWAY, POSTGRESQL, KAFKA -> Map.of();
        };
    }

    private static Map<String, String> with(Map<String, String> settings, String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(settings);
        more.put(name, value);
        return more;
    }

    /** Where the stand-in sends events. */
    private String webhookUrl() {
        return address(Part.GATEWAY) + "/webhooks/stripe";
    }

    String webhookSecret() {
        return KeptSecret.in(folders.work(Part.STRIPE_SIMULATOR).resolve("webhook-secret"), "whsec_");
    }

    String address(Part part) {
        return "http://127.0.0.1:" + settings.port(part);
    }

    String databaseUrl(String database) {
        return "postgresql://127.0.0.1:" + settings.port(Part.POSTGRESQL) + "/" + database;
    }

    /** The file that compose reads too. */
    static Map<String, String> common() {
        return read("common.env");
    }

    /** What one service alone is told; compose reads it too. */
    static Map<String, String> file(Part part) {
        return read(part.label() + ".env");
    }

    private static Map<String, String> read(String name) {
        Properties file = new Properties();
        try (InputStream content = Environment.class.getResourceAsStream(name)) {
            file.load(Objects.requireNonNull(content));
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
        Map<String, String> settings = new LinkedHashMap<>();
        file.stringPropertyNames().stream().sorted().forEach(key -> settings.put(key, file.getProperty(key)));
        return settings;
    }
}
