package io.tillstream.chaos;

import io.tillstream.chaos.check.Evidence;
import io.tillstream.chaos.check.observation.Expectations;
import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.machine.Instance;
import io.tillstream.chaos.machine.Machine;
import io.tillstream.local.Part;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tells the checker where to look, and what it cannot know. */
final class Witness {
    private static final String STRIPE_KEY = "sk_test_tillstream";

    /** Whoever may read all; of this machine only. */
    private static final String SUPERUSER = "postgres";

    /** Of cards and bank accounts: they may rest at Stripe only. Addresses may rest in some places, which X1 knows. */
    private static final List<String> PRIVATE = List.of("4242424242424242", "4000000000000002", "AT611904300234573201");

    private static final Set<Part> WITHOUT_METRICS = Set.of(Part.GATEWAY, Part.IDENTITY); // they ask for a token

    private Witness() {}

    static Evidence evidence(Machine machine) {
        Map<Service, Evidence.Database> databases = new EnumMap<>(Service.class);
        for (Service service : Service.values()) {
            databases.put(
                    service, new Evidence.Database(machine.local().jdbcUrl(service.database()), SUPERUSER, SUPERUSER));
        }
        return new Evidence(
                new Evidence.Stripe(machine.local().url(Part.STRIPE_SIMULATOR), STRIPE_KEY),
                databases,
                new Evidence.Kafka("127.0.0.1:" + machine.local().port(Part.KAFKA), ""),
                List.of(machine.logs()),
                metrics(machine),
                Expectations.none().withSecrets(secrets(machine)));
    }

    private static List<URI> metrics(Machine machine) {
        List<URI> all = new ArrayList<>();
        for (Instance instance : machine.instances()) {
            if (!WITHOUT_METRICS.contains(instance.part())) {
                all.add(URI.create(machine.url(instance) + "/actuator/prometheus"));
            }
        }
        return all;
    }

    private static Set<String> secrets(Machine machine) {
        Set<String> all = new HashSet<>(PRIVATE);
        all.add(STRIPE_KEY);
        all.add(machine.local().webhookSecret());
        for (String user : ChaosRun.USERS) {
            all.add(machine.local().token(user));
        }
        return all;
    }
}
