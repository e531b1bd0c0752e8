package esdbtest

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
)

type gossipService struct {
	gossip.UnimplementedGossipServer
	node *Node
}

// Read tells what this node knows of the cluster: who runs and who leads.
func (s *gossipService) Read(context.Context, *shared.Empty) (*gossip.ClusterInfo, error) {
	c := s.node.cluster
	leader := c.Leader()
	info := &gossip.ClusterInfo{}
	for i, n := range c.nodes {
		var id [16]byte
		id[0], id[15] = 0xe5, byte(i)
		state := gossip.MemberInfo_Follower
		switch {
		case i == leader:
			state = gossip.MemberInfo_Leader
		case leader < 0 || !c.nodes[leader].Up():
			state = gossip.MemberInfo_Unknown
		}
		host, port := n.hostPort()
		info.Members = append(info.Members, &gossip.MemberInfo{
			InstanceId: &shared.UUID{Value: &shared.UUID_Structured_{Structured: &shared.UUID_Structured{
				MostSignificantBits:  int64(binary.BigEndian.Uint64(id[:8])),
				LeastSignificantBits: int64(binary.BigEndian.Uint64(id[8:])),
			}}},
			TimeStamp:    time.Now().UnixNano() / 100,
			State:        state,
			IsAlive:      i == s.node.index || n.Up(),
			HttpEndPoint: &gossip.EndPoint{Address: host, Port: uint32(port)},
		})
	}
	return info, nil
}

type featuresService struct {
	serverfeatures.UnimplementedServerFeaturesServer
	node *Node
}

func (s *featuresService) GetSupportedMethods(context.Context, *shared.Empty) (*serverfeatures.SupportedMethods, error) {
	const ps = "event_store.client.persistent_subscriptions.persistentsubscriptions"
	return &serverfeatures.SupportedMethods{
		EventStoreServerVersion: s.node.cluster.opt.Version,
		Methods: []*serverfeatures.SupportedMethod{
			{ServiceName: "event_store.client.streams.streams", MethodName: "append"},
			{ServiceName: "event_store.client.streams.streams", MethodName: "read"},
			{ServiceName: "event_store.client.gossip.gossip", MethodName: "read"},
			{ServiceName: ps, MethodName: "create", Features: []string{"stream", "all"}},
		},
	}, nil
}

type persistentService struct {
	persistent.UnimplementedPersistentSubscriptionsServer
	node *Node
}

// Create answers that the group exists and does nothing: the client's own tests
// find out by it whether there is a leader.
func (s *persistentService) Create(ctx context.Context, _ *persistent.CreateReq) (*persistent.CreateResp, error) {
	if _, err := s.node.who(ctx); err != nil {
		return nil, err
	}
	if !s.node.leads() {
		return nil, s.node.notLeader(ctx, s.node.cluster.Leader())
	}
	return &persistent.CreateResp{}, nil
}
