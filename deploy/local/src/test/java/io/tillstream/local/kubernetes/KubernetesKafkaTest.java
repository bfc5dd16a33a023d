package io.tillstream.local.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Topics, groups and rights are those of the code: a topic that is missing stops a service, a right that is missing loses
 * dead letters, one too many lets others tell what Stripe said.
 */
class KubernetesKafkaTest {

    private static final List<String> CONSUMERS = List.of("order-service", "payment-service", "subscription-service");
    private static final List<Node> KIND = Kustomization.render("overlays/kind");
    private static final List<Node> PRODUCTION = Kustomization.render("overlays/production");

    @Test
    void rightsAreThoseThatTheCodeUses() {
        for (String service : Repository.SERVICES) {
            if (!service.equals("gateway")) {
                assertThat(rights(service)).describedAs(service).isEqualTo(CodeTopics.rights(service));
            }
        }
        assertThat(Workload.all("KafkaUser", PRODUCTION).stream().map(Node::name))
                .containsExactlyInAnyOrder(
                        "webhook-ingest", "order-service", "payment-service", "subscription-service", "keda");
    }

    private static Map<String, Set<String>> rights(String user) {
        Map<String, Set<String>> rights = new TreeMap<>();
        Node spec = Workload.find("KafkaUser", user, PRODUCTION).at("spec");
        assertThat(spec.at("authentication/type").text()).isEqualTo("tls");
        for (Node acl : spec.at("authorization/acls").list()) {
            boolean isPrefix = acl.at("resource/patternType").text().equals("prefix");
            String resource = acl.at("resource/type").text()
                    + (isPrefix ? "s " : " ")
                    + acl.at("resource/name").text();
            assertThat(rights.put(resource, new TreeSet<>(acl.at("operations").texts())))
                    .describedAs(resource)
                    .isNull();
        }
        return rights;
    }

    @Test
    void onlyIngestWritesWhatStripeSays() {
        Stream<Node> writers = Workload.all("KafkaUser", PRODUCTION).stream().filter(user -> rights(user.name())
                .getOrDefault("topic " + CodeTopics.STRIPE_EVENTS, Set.of())
                .contains("Write"));
        assertThat(writers.map(Node::name)).containsExactly("webhook-ingest");
    }

    @Test
    void theDocumentSaysTheSame() {
        String picture = Repository.text("docs/architecture.md");
        for (String service : CONSUMERS) {
            List<String> row = Repository.row(service, picture);
            assertThat(row.get(3)).isEqualTo("`" + CodeTopics.published(service) + "`");
            assertThat(Repository.all("`([a-z.]+)`", row.get(4)))
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.concat(Stream.of(CodeTopics.STRIPE_EVENTS), CodeTopics.consumed(service).stream())
                                    .toList());
        }
    }

    @Test
    void topicsAreThoseThatTheServicesWouldMake() {
        Set<String> expected = new TreeSet<>();
        for (String service : Repository.SERVICES) {
            if (!service.equals("gateway")) {
                CodeTopics.rights(service).keySet().stream()
                        .filter(resource -> resource.startsWith("topic "))
                        .forEach(resource -> expected.add(resource.substring(6)));
            }
        }
        assertThat(Workload.all("KafkaTopic", PRODUCTION).stream().map(Node::name))
                .containsExactlyInAnyOrderElementsOf(expected);
        assertSizes(PRODUCTION, "12", "3", "2");
        assertThat(Repository.row(
                                "`KAFKA_PARTITIONS`, `KAFKA_REPLICATION_FACTOR`, `KAFKA_MIN_INSYNC_REPLICAS`",
                                Repository.text("README.md"))
                        .get(2))
                .contains("12, 3, 2 in production");
        assertSizes(KIND, "12", "1", "1");
    }

    /** The services look after their topics too: with other numbers they would try to change them. */
    private static void assertSizes(List<Node> resources, String partitions, String replicas, String inSync) {
        assertThat(Workload.find("ConfigMap", "kafka", resources).at("data").map())
                .containsEntry("KAFKA_PARTITIONS", partitions)
                .containsEntry("KAFKA_REPLICATION_FACTOR", replicas)
                .containsEntry("KAFKA_MIN_INSYNC_REPLICAS", inSync);
        String mebibytes =
                Repository.one("LARGEST = (\\d+) \\* 1024 \\* 1024;", CodeTopics.DELIVERY + CodeTopics.INGEST);
        String largest = Long.toString(Long.parseLong(mebibytes) * 1024 * 1024);
        for (Node topic : Workload.all("KafkaTopic", resources)) {
            boolean isBookmarks = topic.name().equals(CodeTopics.BOOKMARKS);
            assertThat(topic.at("spec/partitions").text())
                    .describedAs(topic.name())
                    .isEqualTo(isBookmarks ? "1" : partitions);
            assertThat(topic.at("spec/replicas").text()).isEqualTo(replicas);
            assertThat(topic.at("spec/config/min.insync.replicas").text()).isEqualTo(inSync);
            assertThat(topic.at("spec/config/retention.ms").text())
                    .isEqualTo(
                            isBookmarks
                                    ? "null"
                                    : Long.toString(Duration.ofDays(30).toMillis()));
            assertThat(topic.at("spec/config/max.message.bytes").text()).isEqualTo(isBookmarks ? "null" : largest);
            assertThat(topic.at("spec/config/cleanup.policy").text()).isEqualTo(isBookmarks ? "compact" : "null");
        }
        assertThat(CodeTopics.DELIVERY).contains("RETENTION = Duration.ofDays(30)");
        assertThat(Workload.find("KafkaNodePool", "kafka", resources)
                        .at("spec/replicas")
                        .text())
                .isEqualTo(replicas);
    }

    @Test
    void theBrokersAreThoseOfComposeAndReachedOverTls() {
        Node kafka = Workload.find("Kafka", "kafka", PRODUCTION).at("spec/kafka");
        assertThat(ServiceSettings.compose().at("services/kafka/image").text())
                .endsWith(":" + kafka.at("version").text());
        assertThat(kafka.at("authorization/type").text()).isEqualTo("simple");
        Node listener = kafka.at("listeners/0");
        assertThat(kafka.at("listeners").list()).hasSize(1);
        assertThat(listener.at("tls").text()).isEqualTo("true");
        assertThat(listener.at("authentication/type").text()).isEqualTo("tls");
        assertThat(Workload.find("ConfigMap", "kafka", PRODUCTION).at("data").map())
                .containsEntry(
                        "KAFKA_BOOTSTRAP_SERVERS",
                        "kafka-kafka-bootstrap:" + listener.at("port").text())
                .containsEntry("SPRING_KAFKA_SECURITY_PROTOCOL", "SSL");
    }

    /** Names of files are settings of Spring Boot; their content is what Strimzi puts into its secrets. */
    @Test
    void eachServiceHasACertificateOfItsOwn() {
        assertThat(Workload.find("Kafka", "kafka", PRODUCTION)
                        .at("spec/entityOperator/userOperator/secretPrefix")
                        .text())
                .isEqualTo("kafka-");
        for (String service : Repository.SERVICES) {
            if (!service.equals("gateway")) {
                assertThat(Workload.of(service, PRODUCTION).secretFiles())
                        .containsEntry("spring.kafka.ssl.key-store-key", "kafka-" + service + "/user.key")
                        .containsEntry("spring.kafka.ssl.key-store-certificate-chain", "kafka-" + service + "/user.crt")
                        .containsEntry("spring.kafka.ssl.trust-store-certificates", "kafka-cluster-ca-cert/ca.crt");
            }
        }
    }

    /** As many instances as can have a partition for each of their consumers. */
    @Test
    void consumersAreScaledByTheirLag() {
        long consumers =
                Long.parseLong(Repository.one("@DefaultValue\\(\"(\\d+)\"\\) int consumers", CodeTopics.DELIVERY));
        for (String service : CONSUMERS) {
            Node scaled = Workload.find("ScaledObject", service, PRODUCTION).at("spec");
            assertThat(scaled.at("scaleTargetRef/name").text()).isEqualTo(service);
            assertThat(scaled.at("minReplicaCount").number()).isEqualTo(2);
            assertThat(scaled.at("maxReplicaCount").number() * consumers).isEqualTo(12);
            Node trigger = scaled.at("triggers").where("type", "kafka").at("metadata");
            assertThat(trigger.map())
                    .containsEntry("topic", CodeTopics.STRIPE_EVENTS)
                    .containsEntry("consumerGroup", CodeTopics.group(service))
                    .containsEntry("tls", "enable")
                    .containsEntry(
                            "bootstrapServers",
                            Workload.find("ConfigMap", "kafka", PRODUCTION)
                                    .at("data/KAFKA_BOOTSTRAP_SERVERS")
                                    .text());
            assertThat(rights("keda")).containsEntry("group " + CodeTopics.group(service), Set.of("Describe"));
        }
        assertThat(rights("keda")).containsEntry("topic " + CodeTopics.STRIPE_EVENTS, Set.of("Describe"));
        for (String service : List.of("gateway", "webhook-ingest")) {
            assertThat(Workload.find("HorizontalPodAutoscaler", service, PRODUCTION)
                            .at("spec/scaleTargetRef/name")
                            .text())
                    .isEqualTo(service);
        }
    }
}
