package io.tillstream.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose share a request takes: whoever rents a host has 2^64 addresses of IPv6, and one share all the same. */
class ClientAddressTest {

    @ParameterizedTest
    @CsvSource({
        "2001:db8:1:2::1, 2001:db8:1:2::/64",
        "2001:db8:1:2:ffff:ffff:ffff:ffff, 2001:db8:1:2::/64",
        "2001:DB8:1:3::1, 2001:db8:1:3::/64",
        "fe80::1%eth0, fe80:0:0:0::/64",
        "203.0.113.7, 203.0.113.7",
        "::ffff:203.0.113.7, 203.0.113.7",
        "::ffff:203.0.113.8, 203.0.113.8",
        "unknown, unknown",
        "_hidden, _hidden",
        "not:an:address, not:an:address"
    })
    void addressesOfOneNetworkAreCountedAsOne(String address, String counted) {
        assertThat(ClientAddress.counted(address)).isEqualTo(counted);
    }
}
