package io.tillstream.local;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** What {@code ./run} was asked for. */
record CommandLine(LocalSettings settings, boolean fresh, boolean demo, List<String> warnings) {
    private static final String SECRET_KEY = "STRIPE_SECRET_KEY";
    private static final String WEBHOOK_SECRET = "STRIPE_WEBHOOK_SECRET";

    static CommandLine read(String[] args, Map<String, String> shell) {
        LocalSettings settings = LocalSettings.standard();
        boolean fresh = false;
        boolean demo = false;
        Deque<String> rest = new ArrayDeque<>(Arrays.asList(args));
        while (!rest.isEmpty()) {
            String option = rest.removeFirst();
            switch (option) {
                case "--fresh" -> fresh = true;
                case "--demo" -> demo = true;
                case "--data" ->
                    settings = settings.withData(Path.of(value(option, rest)).toAbsolutePath());
                case "--without" -> settings = settings.without(part(value(option, rest)));
                case "--port" -> settings = withPort(settings, value(option, rest));
                default -> throw new LocalFailure("unknown option " + option + "; see ./run --help");
            }
        }
        List<String> warnings = new ArrayList<>();
        return new CommandLine(withStripe(settings, shell, warnings), fresh, demo, warnings);
    }

    /** Half of the keys would be worse than none: events could not be checked, or calls not be made. */
    private static LocalSettings withStripe(LocalSettings settings, Map<String, String> shell, List<String> warnings) {
        boolean key = !Secrets.in(shell, SECRET_KEY).isBlank();
        boolean secret = !Secrets.in(shell, WEBHOOK_SECRET).isBlank();
        if (key != secret) {
            throw new LocalFailure("To use Stripe itself set both " + SECRET_KEY + " and " + WEBHOOK_SECRET
                    + "; to use the simulator unset both (now only " + (key ? SECRET_KEY : WEBHOOK_SECRET)
                    + " is set)");
        }
        if (!key) {
            if (settings.usesRealStripe() && settings.parts().contains(Part.WEBHOOK_INGEST)) {
                throw new LocalFailure(
                        "Without the simulator set Stripe's keys: " + SECRET_KEY + " and " + WEBHOOK_SECRET);
            }
            return settings;
        }
        if (shell.getOrDefault("STRIPE_PUBLISHABLE_KEY", "").isBlank()) {
            warnings.add("Warning: STRIPE_PUBLISHABLE_KEY is not set: pages cannot collect cards");
        }
        return settings.without(Part.STRIPE_SIMULATOR);
    }

    private static LocalSettings withPort(LocalSettings settings, String assignment) {
        int equals = assignment.indexOf('=');
        try {
            int port = Integer.parseInt(assignment.substring(equals + 1));
            return settings.withPort(part(assignment.substring(0, Math.max(equals, 0))), port);
        } catch (NumberFormatException cause) {
            throw new LocalFailure("--port takes PART=PORT, for example gateway=8090", cause);
        }
    }

    private static Part part(String label) {
        return Arrays.stream(Part.values())
                .filter(part -> part.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new LocalFailure("there is no part '" + label + "'; there are "
                        + Arrays.stream(Part.values()).map(Part::label).toList()));
    }

    private static String value(String option, Deque<String> rest) {
        if (rest.isEmpty()) {
            throw new LocalFailure(option + " needs a value; see ./run --help");
        }
        return rest.removeFirst();
    }
}
