package up

import (
	"crypto/rand"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// adminUser may do everything (group system:masters); limitedUser may do only
// what every signed-in user may: see the API and ask what it may do.
const (
	adminUser   = "admin"
	limitedUser = "limited"
)

// user is a row of the API server's token file: token,name,uid,"groups".
type user struct {
	name, token, group string
}

func loadOrMakeUsers(path string) ([]user, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		users := []user{
			{name: adminUser, token: rand.Text(), group: "system:masters"},
			{name: limitedUser, token: rand.Text()},
		}
		return users, writeUsers(path, users)
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows := csv.NewReader(file)
	rows.FieldsPerRecord = -1
	records, err := rows.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	users := make([]user, 0, len(records))
	for _, r := range records {
		if len(r) < 3 {
			return nil, fmt.Errorf("%s: a row has fewer than three fields", path)
		}
		users = append(users, user{token: r[0], name: r[1]})
	}
	return users, nil
}

func writeUsers(path string, users []user) error {
	var text string
	for _, u := range users {
		text += fmt.Sprintf("%s,%s,%s", u.token, u.name, u.name)
		if u.group != "" {
			text += fmt.Sprintf(",%q", u.group)
		}
		text += "\n"
	}
	return os.WriteFile(path, []byte(text), 0o600)
}

func kubeconfigPath(dir, user string) string {
	if user == adminUser {
		return filepath.Join(dir, "kubeconfig")
	}
	return filepath.Join(dir, "kubeconfig-"+user)
}

// writeKubeconfig writes one that stands alone: no exec, no file paths, which
// Slipway refuses, so it can be pasted as it is.
func writeKubeconfig(path, server string, ca []byte, u user) error {
	config := api.NewConfig()
	config.Clusters["slipway-test"] = &api.Cluster{Server: server, CertificateAuthorityData: ca}
	config.AuthInfos[u.name] = &api.AuthInfo{Token: u.token}
	config.Contexts["slipway-test"] = &api.Context{Cluster: "slipway-test", AuthInfo: u.name}
	config.CurrentContext = "slipway-test"
	text, err := clientcmd.Write(*config)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}
