package io.tillstream.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which part is given which secret: what a process does not have, nobody can steal from it. That these are the ones that
 * its code reads, a test shows.
 */
final class Secrets {
    /** What a secret is called; others of the person's shell, a token for a package registry say, are none of ours. */
    private static final List<String> NAMES =
            List.of("SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "API_KEY", "ACCESS_KEY", "PRIVATE_KEY");

    /** Each secret may come as a file, too. */
    private static final String FILE = "_FILE";

    private static final String STRIPE = "STRIPE_SECRET_KEY";
    private static final String DATABASE = "DB_PASSWORD";
    private static final String CLIENT = "SERVICE_CLIENT_SECRET";

    /** Beside those in the middle of a name, as of whoever else may sign in: {@code IDENTITY_PEOPLE_…}. */
    private static final String IDENTITYS_OWN = "IDENTITY_";

    private Secrets() {}

    static boolean isSecret(String name) {
        return NAMES.stream().anyMatch(name::contains) || name.endsWith("TOKEN");
    }

    static boolean isFor(Part part, String name) {
        String plain = name.endsWith(FILE) ? name.substring(0, name.length() - FILE.length()) : name;
        return of(part).contains(plain) || (part == Part.IDENTITY && name.startsWith(IDENTITYS_OWN));
    }

    /** The settings of a part that are secrets. */
    static Set<String> of(Part part) {
        return switch (part) {
            case ORDER_SERVICE -> Set.of(DATABASE, CLIENT);
            case PAYMENT_SERVICE -> Set.of(DATABASE, STRIPE);
            case SUBSCRIPTION_SERVICE -> Set.of(DATABASE, CLIENT, STRIPE, "QUOTE_SECRET", "QUOTE_SECRET_PREVIOUS");
            case WEBHOOK_INGEST -> Set.of(STRIPE, "STRIPE_WEBHOOK_SECRET", "STRIPE_WEBHOOK_SECRET_PREVIOUS");
            case STRIPE_SIMULATOR -> Set.of("SIMULATOR_SECRET_KEYS", "SIMULATOR_WEBHOOK_SECRET");
            case IDENTITY ->
                Set.of(
                        "ALICE_PASSWORD",
                        "BOB_PASSWORD",
                        "OPERATOR_PASSWORD",
                        "GATEWAY_CLIENT_SECRET",
                        "ORDER_SERVICE_CLIENT_SECRET",
                        "PAYMENT_SERVICE_CLIENT_SECRET",
                        "PROMETHEUS_CLIENT_SECRET",
                        "SUBSCRIPTION_SERVICE_CLIENT_SECRET",
                        "WEBHOOK_INGEST_CLIENT_SECRET");
            case GATEWAY, POSTGRESQL, KAFKA -> Set.of();
        };
    }

    /** Takes away what a process would inherit and does not read, and what it is told otherwise. */
    static void dropInherited(Map<String, String> inherited, Part part, Map<String, String> told) {
        inherited.keySet().removeIf(name -> isSecret(name) && !isFor(part, name));
        told.keySet().forEach(name -> inherited.remove(name + FILE));
    }

    /** A secret of a shell, itself or as the file that its {@code …_FILE} names; empty if there is neither. */
    static String in(Map<String, String> shell, String name) {
        String value = shell.getOrDefault(name, "");
        @Nullable String file = shell.get(name + FILE);
        if (!value.isBlank() || file == null || file.isBlank()) {
            return value;
        }
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException cause) {
            throw new LocalFailure(name + FILE + ": " + file + " cannot be read", cause);
        }
    }

    static List<String> names(Map<String, String> settings) {
        return settings.keySet().stream().filter(Secrets::isSecret).sorted().toList();
    }
}
