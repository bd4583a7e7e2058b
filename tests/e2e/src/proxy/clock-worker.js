// Passes on what the harness and each page say to each other.
onconnect = ({ ports: [page] }) => {
  let harness;
  page.onmessage = ({ data }) => {
    if (data.connect) {
      harness = new WebSocket(`${location.origin.replace("http", "ws")}/__clock?page=${data.connect}`);
      harness.onmessage = ({ data }) => page.postMessage(data);
    } else if (data.leave) {
      harness.close();
    } else {
      harness.send(data.answer);
    }
  };
};
