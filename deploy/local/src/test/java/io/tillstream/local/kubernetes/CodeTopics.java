package io.tillstream.local.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Topics and groups as the code has them, and what each service does with them. */
final class CodeTopics {

    static final String DELIVERY = Repository.sources("common-events");
    static final String INGEST = Repository.sources("webhook-ingest");
    static final String STRIPE_EVENTS = Repository.one("String NAME = \"(.*\\.events)\"", INGEST);
    static final String BOOKMARKS = Repository.one("String NAME = \"(.*bookmarks)\"", INGEST);

    private CodeTopics() {}

    /** Rights by what they are for, as "topic stripe.events". */
    static Map<String, Set<String>> rights(String service) {
        Map<String, Set<String>> rights = new TreeMap<>();
        if (service.equals("webhook-ingest")) {
            rights.put("topic " + STRIPE_EVENTS, Set.of("Describe", "Write"));
            rights.put("topic " + BOOKMARKS, Set.of("Describe", "Read", "Write"));
            return rights;
        }
        String group = group(service);
        rights.put("group " + group, Set.of("Read"));
        consumes(rights, STRIPE_EVENTS, group);
        for (String topic : consumed(service)) {
            consumes(rights, topic, group);
            rights.put("group " + group + Repository.one("DOMAIN_GROUP = \"(.*)\"", DELIVERY), Set.of("Read"));
        }
        rights.put("topic " + published(service), Set.of("Describe", "Write"));
        rights.put(
                "topics " + Repository.one("return \"(replay\\.)\" \\+ consumer;", DELIVERY),
                Set.of("Create", "Describe", "Write"));
        return rights;
    }

    private static void consumes(Map<String, Set<String>> rights, String topic, String group) {
        rights.put("topic " + topic, Set.of("Describe", "Read"));
        rights.put("topic " + deadLetters(topic, group), Set.of("Describe", "Read", "Write"));
    }

    /** As RecordErrorHandler has it. */
    private static String deadLetters(String topic, String group) {
        assertThat(DELIVERY).contains("return source + \".\" + group + \".dlt\";");
        return topic + "." + group + ".dlt";
    }

    static String group(String service) {
        Node yml = new Node(
                Repository.yaml(new ServiceSettings(service).applicationYml()).get(0));
        return yml.at("tillstream/delivery/group").text();
    }

    static String published(String service) {
        return topic(Repository.one("\\.topic\\((\\w+Event)\\.TOPIC\\)", Repository.sources(service)));
    }

    /** Domain events of others, beside Stripe's. */
    static List<String> consumed(String service) {
        return Repository.all("return (\\w+Event)\\.TOPIC;", Repository.sources(service)).stream()
                .map(CodeTopics::topic)
                .toList();
    }

    private static String topic(String event) {
        return Repository.one(
                "String TOPIC = \"(.*)\"",
                Repository.text("common-events/src/main/java/io/tillstream/events/" + event + ".java"));
    }
}
