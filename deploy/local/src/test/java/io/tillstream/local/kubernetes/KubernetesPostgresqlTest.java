package io.tillstream.local.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each service has a database, a role and a password of its own, and the limits that ./run and compose give it. */
class KubernetesPostgresqlTest {

    private static final Map<String, String> DATABASES =
            Map.of("order-service", "orders", "payment-service", "payments", "subscription-service", "subscriptions");

    /** Of each instance beside its pool: the relay, its leases, and Flyway at the start. */
    private static final int BESIDE_THE_POOL = 3;

    /** For superusers and replication: PostgreSQL's own. */
    private static final int RESERVED = 10;

    private static final List<Node> KIND = Kustomization.render("overlays/kind");
    private static final List<Node> PRODUCTION = Kustomization.render("overlays/production");
    private static final Node CLUSTER =
            Workload.find("Cluster", "postgresql", PRODUCTION).at("spec");

    @Test
    void eachServiceHasADatabaseRoleAndPasswordOfItsOwn() {
        DATABASES.forEach((service, database) -> {
            Workload workload = Workload.of(service, PRODUCTION);
            assertThat(ServiceSettings.ofCompose(service).get("DB_URL")).endsWith("/" + database);
            assertThat(workload.environment())
                    .containsEntry("DB_USER", database)
                    .hasEntrySatisfying("DB_URL", url -> assertThat(url)
                            .startsWith("postgresql://postgresql-rw:5432/" + database + "?"));
            assertThat(workload.secretFiles())
                    .containsEntry("DB_PASSWORD", database + "-database/password")
                    .containsEntry("postgresql/ca.crt", "postgresql-ca/ca.crt");
            Node role = CLUSTER.at("managed/roles").where("name", database);
            assertThat(role.at("login").text()).isEqualTo("true");
            assertThat(role.at("passwordSecret/name").text()).isEqualTo(database + "-database");
            assertThat(Workload.find("Secret", database + "-database", KIND)
                            .at("stringData/username")
                            .text())
                    .isEqualTo(database);
            assertThat(owner(database)).isEqualTo(database);
        });
        assertThat(CLUSTER.at("managed/roles").list()).hasSize(DATABASES.size());
    }

    private static String owner(String database) {
        Node first = CLUSTER.at("bootstrap/initdb");
        if (first.at("database").text().equals(database)) {
            return first.at("owner").text();
        }
        Node other = Workload.find("Database", database, PRODUCTION).at("spec");
        assertThat(other.at("name").text()).isEqualTo(database);
        assertThat(other.at("cluster/name").text()).isEqualTo("postgresql");
        return other.at("owner").text();
    }

    @Test
    void aRoleReachesItsOwnDatabaseOnlyAndOverTls() {
        List<String> expected = new ArrayList<>();
        new TreeSet<>(DATABASES.values())
                .forEach(name -> expected.add("hostssl " + name + " +" + name + " all scram-sha-256"));
        expected.add("host all all all reject");
        assertThat(CLUSTER.at("postgresql/pg_hba").texts()).containsExactlyElementsOf(expected);
        DATABASES.keySet().forEach(service -> assertThat(
                        Workload.of(service, PRODUCTION).environment().get("DB_URL"))
                .contains("sslmode=verify-full", "sslMode=verify-full")
                .contains("sslrootcert=/run/secrets/tillstream/postgresql/ca.crt")
                .contains("sslRootCert=/run/secrets/tillstream/postgresql/ca.crt"));
    }

    @Test
    void theLimitsAreThoseOfTheLauncher() {
        String launcher = Repository.text("deploy/local/src/main/resources/io/tillstream/local/databases.sql");
        String here =
                String.join(";\n", CLUSTER.at("bootstrap/initdb/postInitSQL").texts()) + ";";
        Set<String> limits = limits(launcher, ".*");
        assertThat(limits).isNotEmpty();
        DATABASES.values().forEach(role -> assertThat(limits(here, role)).isEqualTo(limits));
    }

    /** They are the roles' here: a second role without them holds the others up, and nobody notices before it does. */
    @Test
    void theSecondRoleOfAPasswordsChangeGetsTheSameLimits() {
        String told = Repository.text("docs/operations.md");
        String here =
                String.join(";\n", CLUSTER.at("bootstrap/initdb/postInitSQL").texts()) + ";";
        Set<String> limits = limits(here, "orders");
        limits.add("role = orders");
        assertThat(limits(told.substring(told.indexOf("```sql\nalter role orders_2")), "orders_2"))
                .isEqualTo(limits);
    }

    private static Set<String> limits(String sql, String whose) {
        Set<String> limits = new TreeSet<>();
        Matcher matcher = Pattern.compile("alter (?:role|database) (" + whose + ") set (\\w+) = '?([^';]+)'?;")
                .matcher(sql);
        while (matcher.find()) {
            limits.add(matcher.group(2) + " = " + matcher.group(3));
        }
        return limits;
    }

    /** Else the last instance of a roll-out under load gets none, and its requests are 503. */
    @Test
    void thereAreConnectionsForAllInstances() {
        long needed = 0;
        for (String service : DATABASES.keySet()) {
            Node yml = new Node(Repository.yaml(new ServiceSettings(service).applicationYml())
                    .get(0));
            long pool = yml.at("spring/r2dbc/pool/max-size").number();
            long instances = Workload.find("ScaledObject", service, PRODUCTION)
                            .at("spec/maxReplicaCount")
                            .number()
                    + Workload.of(service, PRODUCTION)
                            .deployment()
                            .at("spec/strategy/rollingUpdate/maxSurge")
                            .number();
            needed += instances * (pool + BESIDE_THE_POOL);
        }
        assertThat(CLUSTER.at("postgresql/parameters/max_connections").number())
                .isGreaterThanOrEqualTo(needed + RESERVED);
    }

    @Test
    void whatIsCommittedIsOnTwoHostsAndInTheBackup() {
        assertThat(CLUSTER.at("instances").number()).isEqualTo(3);
        assertThat(CLUSTER.at("postgresql/synchronous/number").number()).isEqualTo(1);
        assertThat(CLUSTER.at("postgresql/synchronous/dataDurability").text()).isEqualTo("required");
        Node plugin = CLUSTER.at("plugins").where("name", "barman-cloud.cloudnative-pg.io");
        assertThat(plugin.at("isWALArchiver").text()).isEqualTo("true");
        Workload.find("ObjectStore", plugin.at("parameters/barmanObjectName").text(), PRODUCTION);
        Node backup = Workload.find("ScheduledBackup", "nightly", PRODUCTION).at("spec");
        assertThat(backup.at("cluster/name").text()).isEqualTo("postgresql");
        assertThat(backup.at("pluginConfiguration/name").text()).isEqualTo("barman-cloud.cloudnative-pg.io");
    }
}
