package io.tillstream.stripeevents;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What rests in a table of an event says nothing of the person, wherever in Stripe's objects they are named. */
class PrivateFieldsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'object':'charge','billing_details':{'name':'Zenobia','address':{'line1':'Quince'},'email':'z@x.example'}}",
                "{'object':'payment_intent','shipping':{'name':'Zenobia','address':{'line1':'Quince'}}}",
                "{'object':'payment_intent','receipt_email':'z@x.example','client_secret':'Zenobia'}",
                "{'object':'payment_intent','last_payment_error':{'payment_method':{'billing_details':{'name':'Zenobia'}}}}",
                "{'object':'checkout.session','customer_details':{'name':'Zenobia'},'customer_email':'z@x.example'}",
                "{'object':'checkout.session','collected_information':{'shipping_details':{'name':'Zenobia'}}}",
                "{'object':'checkout.session','shipping_details':{'name':'Zenobia'}}",
                "{'object':'invoice','customer_name':'Zenobia','customer_email':'z@x.example','customer_phone':'Quince',"
                        + "'customer_address':{'line1':'Quince'},'customer_shipping':{'name':'Zenobia'}}",
                "{'object':'dispute','evidence':{'customer_name':'Zenobia','billing_address':'Quince'}}",
                "{'object':'customer','name':'Zenobia','email':'z@x.example','address':{'line1':'Quince'},"
                        + "'phone':'Quince','shipping':{'name':'Zenobia'},'description':'Zenobia'}",
                "{'object':'invoice','customer':{'object':'customer','name':'Zenobia','address':{'line1':'Quince'}}}"
            })
    void nobodyIsNamedInWhatIsStored(String object) {
        StripeEvent event = StripeEvent.read("{'id':'evt_1','type':'x','created':1,'data':{'object':%s}}"
                .formatted(object)
                .replace('\'', '"')
                .getBytes(StandardCharsets.UTF_8));
        assertThat(event.raw().toString()).containsAnyOf("Zenobia", "Quince", "z@x.example");
        assertThat(new String(event.storable(), StandardCharsets.UTF_8))
                .doesNotContain("Zenobia", "Quince", "z@x.example");
    }
}
