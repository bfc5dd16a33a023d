package io.tillstream.local.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who reaches whom is the picture of docs/architecture.md, by its table: each arrow is allowed by one rule where it leaves and
 * by one where it arrives, and nothing else is. One too few stops payments; one too many lets a service that was broken into
 * reach others.
 */
class KubernetesNetworkTest {

    private static final List<Node> KIND = Kustomization.render("overlays/kind");
    private static final List<Node> PRODUCTION = Kustomization.render("overlays/production");
    private static final String PICTURE = Repository.text("docs/architecture.md");

    /** They check tokens, or ask for one; webhook-ingest knows its caller by Stripe's signature. */
    private static final Set<String> WITH_TOKENS =
            Set.of("gateway", "order-service", "payment-service", "subscription-service");

    private static final Set<String> INSIDE = Set.copyOf(Stream.concat(
                    Repository.SERVICES.stream(), Stream.of("postgresql", "kafka", "identity", "stripe-simulator"))
            .toList());

    @Test
    void nobodyReachesAnybodyByDefault() {
        Node policy = Workload.find("NetworkPolicy", "nobody", PRODUCTION);
        assertThat(policy.at("spec/podSelector").map()).isEmpty();
        assertThat(policy.at("spec/policyTypes").texts()).containsExactlyInAnyOrder("Ingress", "Egress");
        assertThat(policy.at("spec/ingress").isThere()
                        || policy.at("spec/egress").isThere())
                .isFalse();
    }

    @Test
    void arrowsLeaveAsInThePicture() {
        List<Arrow> expected = new ArrayList<>(inside());
        for (String service : Repository.SERVICES) {
            if (asksStripe(service)) {
                expected.add(new Arrow(service, "outside: stripe", "443"));
            }
            if (WITH_TOKENS.contains(service)) {
                expected.add(new Arrow(service, "outside: identity-provider", "443"));
            }
        }
        assertThat(Arrow.where(Arrow.out(PRODUCTION), arrow -> Repository.SERVICES.contains(arrow.from())))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void arrowsArriveAsInThePicture() {
        assertThat(Arrow.where(
                        Arrow.in(PRODUCTION),
                        arrow -> INSIDE.contains(arrow.from()) && !arrow.from().equals(arrow.to())))
                .containsExactlyInAnyOrderElementsOf(inside());
        assertThat(Arrow.where(Arrow.in(PRODUCTION), arrow -> !INSIDE.contains(arrow.from())))
                .containsExactlyInAnyOrder(
                        new Arrow("namespace {tillstream/edge=true}", "gateway", "8080"),
                        new Arrow("namespace {tillstream/monitoring=true}", "services", "http"),
                        new Arrow("namespace {kubernetes.io/metadata.name=keda}", "kafka", "9093"),
                        new Arrow("namespace {kubernetes.io/metadata.name=cnpg-system}", "postgresql", "5432"),
                        new Arrow("namespace {kubernetes.io/metadata.name=cnpg-system}", "postgresql", "8000"));
    }

    /**
     * A service's metrics ask for no token where it listens: they tell how much is sold and what fails. Besides whom a service
     * works for, and what collects metrics, nothing gets to any port of one; to the gateway, which asks for a token, the edge does.
     */
    @ParameterizedTest
    @ValueSource(strings = {"overlays/kind", "overlays/production"})
    void metricsAreReachedByTheCollectorAndNobodyOutside(String overlay) {
        List<Node> resources = Kustomization.render(overlay);
        List<Arrow> in = Arrow.where(Arrow.in(resources), arrow -> !arrow.to().equals("gateway"));
        for (String service : Repository.SERVICES) {
            if (!service.equals("gateway")) {
                assertThat(Arrow.where(in, arrow -> Set.of(service, "services", "everybody")
                                .contains(arrow.to())))
                        .describedAs("who reaches %s", service)
                        .extracting(Arrow::from)
                        .contains("namespace {tillstream/monitoring=true}", "gateway")
                        .allMatch(from -> from.equals("namespace {tillstream/monitoring=true}")
                                || Repository.SERVICES.contains(from));
                assertThat(Workload.find("Service", service, resources)
                                .at("spec/type")
                                .isThere())
                        .describedAs("%s is no way in from outside the cluster", service)
                        .isFalse();
            }
        }
        assertThat(Workload.all("Ingress", resources)).isEmpty();
    }

    @Test
    void onKindTheSimulatorAndIdentityStandInForWhatIsOutside() {
        List<Arrow> expected = new ArrayList<>(inside());
        for (String service : Repository.SERVICES) {
            if (asksStripe(service)) {
                expected.add(new Arrow(service, "stripe-simulator", "12111"));
            }
            if (WITH_TOKENS.contains(service)) {
                expected.add(new Arrow(service, "identity", "9000"));
            }
        }
        expected.add(new Arrow("stripe-simulator", "gateway", "8080"));
        assertThat(Arrow.where(
                        Arrow.out(KIND),
                        arrow -> INSIDE.contains(arrow.from())
                                && !Set.of("kafka", "postgresql").contains(arrow.from())))
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(Arrow.where(
                        Arrow.in(KIND),
                        arrow -> INSIDE.contains(arrow.from()) && !arrow.from().equals(arrow.to())))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    /** The operators' pods reach themselves and the API server; all ask for names. */
    @Test
    void theOperatorsHaveTheirOwnRules() {
        assertThat(Arrow.where(Arrow.out(PRODUCTION), arrow -> !Repository.SERVICES.contains(arrow.from())))
                .containsExactlyInAnyOrder(
                        new Arrow("everybody", "namespace {kubernetes.io/metadata.name=kube-system}", "53"),
                        new Arrow("postgresql", "postgresql", "5432"),
                        new Arrow("postgresql", "postgresql", "8000"),
                        new Arrow("postgresql", "anywhere", "443"),
                        new Arrow("postgresql", "anywhere", "6443"),
                        new Arrow("kafka", "kafka", "9090"),
                        new Arrow("kafka", "kafka", "9091"),
                        new Arrow("kafka", "anywhere", "443"),
                        new Arrow("kafka", "anywhere", "6443"));
    }

    @Test
    void theCodeCallsWhomThePictureSays() {
        for (String service : Repository.SERVICES) {
            assertThat(new ServiceSettings(service).called())
                    .describedAs(service)
                    .isEqualTo(new TreeSet<>(asked(service)));
            assertThat(new ServiceSettings(service).secrets().contains("STRIPE_SECRET_KEY"))
                    .describedAs("%s has a key of Stripe", service)
                    .isEqualTo(asksStripe(service));
        }
    }

    /** Among what runs in the namespace. */
    private static List<Arrow> inside() {
        List<Arrow> arrows = new ArrayList<>();
        for (String service : Repository.SERVICES) {
            asked(service).forEach(other -> arrows.add(new Arrow(service, other, port(other))));
            List<String> row = Repository.row(service, PICTURE);
            if (!row.get(1).startsWith("nothing")) {
                arrows.add(new Arrow(service, "postgresql", "5432"));
            }
            if (!row.get(3).equals("–") || !row.get(4).equals("–")) {
                arrows.add(new Arrow(service, "kafka", "9093"));
            }
        }
        return arrows;
    }

    private static List<String> asked(String service) {
        String asks = Repository.row(service, PICTURE).get(2);
        return Repository.SERVICES.stream()
                .filter(other -> !other.equals(service))
                .filter(other -> asks.equals("all services") || asks.contains(other))
                .toList();
    }

    private static boolean asksStripe(String service) {
        return Repository.row(service, PICTURE).get(2).contains("Stripe");
    }

    private static String port(String service) {
        return String.valueOf(ServiceSettings.ofCompose(service).get("SERVER_PORT"));
    }
}
